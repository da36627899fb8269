using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Rushes.Server.Settings;
using Rushes.Tests.Accounts;
using Rushes.Tests.Postgres;
using Rushes.Work.Remote;
using Xunit;

namespace Rushes.Tests.Fuzz;

/// <summary>
/// Calls a whole gateway over HTTP with a key that has all scopes: no request causes an internal error.
/// </summary>
internal sealed class FuzzGateway : IAsyncDisposable
{
    private static readonly string[] Creates =
    [
        "/queue/wan22-fast-t2v?dry_run=true", "/queue/wan22-s2v-fast?dry_run=true", "/queue/hunyuan-foley?dry_run=true",
        "/fal-ai/wan/v2.2-a14b/text-to-video?dry_run=true",
        "/api/v1/jobs/createTask?dry_run=true", "/wan2.2-s2v/v1/generateSpeechToVideoRequest?dry_run=true",
        "/wan2.2-s2v-polling/getStatusSpeechToVideo",
        "/storage/upload/initiate", "/storage/upload/initiate-multipart", "/api/v1/common/download-url",
        "/v1/videos?dry_run=true",
        "/v1/models/rushes/wan22-fast-i2v/predictions?dry_run=true", "/api/v1/videos?dry_run=true",
    ];

    private static readonly string[] JsonWords = ["{", "}", "[", "]", ":", ",", "\"", "\\", "null", "1e999", "-1", "true"];

    private readonly TestGateway gateway;
    private readonly Uri file;
    private readonly long fileBytes;
    private readonly string account;
    private readonly (string Link, string Tag) upload;
    private readonly string? database;

    /// <param name="upload">The link of an upload in parts, and the tag of its first part.</param>
    private FuzzGateway(
        TestGateway gateway, Uri file, long fileBytes, string account, (string Link, string Tag) upload, string? database) =>
        (this.gateway, this.file, this.fileBytes, this.account, this.upload, this.database) =
            (gateway, file, fileBytes, account, upload, database);

    /// <param name="database">A rented database of PostgreSQL; null: SQLite.</param>
    public static async Task<FuzzGateway> StartAsync(CancellationToken cancel, string? database = null)
    {
        var options = database is null
            ? null : new GatewayOptions { Database = (await PostgresCluster.SharedAsync()).Url(database) };
        var gateway = await TestGateway.StartAsync(0, cancel, options: options);
        // A stored file and its signed link.
        var picture = Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
        using var begun = await gateway.Http.PostAsJsonAsync(
            "/storage/upload/initiate", new { content_type = "image/png", file_name = "a.png" }, cancel);
        var received = await begun.Content.ReadFromJsonAsync<JsonElement>(cancel);
        using var put = await gateway.Http.PutAsync(new Uri(received.GetProperty("upload_url").GetString()!),
            new ByteArrayContent(picture), cancel);
        put.EnsureSuccessStatusCode();
        var (link, _) = await UploadCalls.BeginPartsAsync(gateway.Http, "a.png");
        var tag = await UploadCalls.PutPartAsync(link, 1, picture);
        // One that may be suspended and emptied.
        using var made = await gateway.Http.PostAsJsonAsync("/admin/accounts", new { name = "fuzz" }, cancel);
        var account = (await made.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("id").ToString();
        var file = new Uri(received.GetProperty("file_url").GetString()!);
        return new FuzzGateway(gateway, file, picture.Length, account, (link, tag), database);
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        if (database is not null) PostgresCluster.Return(database);
    }

    public IEnumerable<FuzzTarget> Targets() =>
        [Bodies(), Parts(), Workers(), Admin(), Presets(), Ranges(), Lists(), Requests()];

    /// <summary>Those that reach the database.</summary>
    public IEnumerable<FuzzTarget> DatabaseTargets() =>
        new[] { Bodies(), Workers(), Admin(), Presets(), Lists() }.Select(
            target => target with { Name = target.Name.Replace("http-", "postgres-", StringComparison.Ordinal) });

    private FuzzTarget Bodies() => new(
        "http-bodies",
        [
            ("""{"prompt": "A paper boat", "duration": 5, "width": 832, "seed": 42, "priority": -3,"""u8
                + """ "new_resolution": "1920x1080", "draft": "approve", "webhook_url": null}"""u8).ToArray(),
            ("""{"prompt": "a", "num_frames": 81, "frames_per_second": 16, "num_interpolated_frames": 2,"""u8
                + """ "resolution": "720p", "aspect_ratio": "9:16", "guidance_scale": 3.5}"""u8).ToArray(),
            ("""{"model": "wan/2-2-a14b-text-to-video-turbo", "input": {"prompt": "a", "resolution": "480p", "seed": 1},"""u8
                + """ "callBackUrl": "https://example.com/x"}"""u8).ToArray(),
            ("""{"prompt": "a", "image_url": "data:image/png;base64,iVBORw0KGgo=","""u8
                + """ "audio_url": "AAAA", "video_quality": "low"}"""u8).ToArray(),
            ("""{"content_type": "image/png", "file_name": "a.png", "requestId": "5ccf2522-a146-4032-92f2-c0bba9607ff8","""u8
                + """ "url": "s3://rushes-files/outputs/a1/1"}"""u8).ToArray(),
            ("""{"version": "rushes/wan22-fast-t2v", "input": {"prompt": "a", "size": "832x480", "fps": 24, "duration": "2"},"""u8
                + """ "webhook": "https://example.com/x", "webhook_events_filter": ["start", "logs"]}"""u8).ToArray(),
            ("""{"model": "rushes/wan22-fast-i2v", "prompt": "a", "aspect_ratio": "1:1", "generate_audio": false,"""u8
                + """ "frame_images": [{"type": "image_url", "image_url": {"url": "AAAA"}, "frame_type": "first_frame"}],"""u8
                + """ "provider": {"options": {"rushes": {"guidance_scale": 2}}}}"""u8).ToArray(),
        ],
        [.. JsonWords, "prompt", "duration", "width", "seed", "input", "model", "data_uri", "audio_uri", "second_image_uri",
        "s3://", "image_url", "draft", "_url", "\\ud800", "size", "fps", "num_frames", "webhook_events_filter", "frame_images",
        "input_references", "frame_type", "provider", "url"],
        input => PostAsync(Creates[Sum(input) % Creates.Length], input));

    /// <summary>Parts of an upload: their numbers and contents, and the list that completes it.</summary>
    private FuzzTarget Parts() => new(
        "http-parts",
        [
            Encoding.UTF8.GetBytes($$"""{"parts": [{"partNumber": 1, "etag": "{{upload.Tag}}"}]}"""),
            """{"parts": [{"partNumber": 1, "etag": "\"a\""}, {"partNumber": 2, "etag": null}, null]}"""u8.ToArray(),
            "RIFF\0\0\0\0WAVEfmt "u8.ToArray(),
        ],
        [.. JsonWords, "parts", "partNumber", "etag", "1000", "1001", "2147483648", "\\u0000"],
        input =>
        {
            string[] places = ["complete", "complete", "1", "2", "1000", "1001", "0", "-1", "2147483648"];
            var place = places[Sum(input) % places.Length];
            return PostAsync(
                UploadCalls.PartUrl(new Uri(upload.Link).PathAndQuery, place), input,
                place == "complete" ? HttpMethod.Post : HttpMethod.Put);
        });

    /// <summary>But claim, which waits for a job.</summary>
    private FuzzTarget Workers() => new(
        "http-worker", [.. new[] { WorkerSamples.Card, WorkerSamples.Heartbeat, WorkerSamples.Ending }
        .Select(Encoding.UTF8.GetBytes)],
        [.. JsonWords, .. WorkerSamples.Words], input =>
        {
            string[] paths =
                ["/worker/hello", "/worker/jobs/1/heartbeat?fence=1&worker=a", "/worker/jobs/1/end?fence=1&worker=a"];
            return PostAsync(paths[Sum(input) % paths.Length], input);
        });

    private FuzzTarget Admin() => new(
        "http-admin",
        [
            """{"name": "acme", "plan": "metered"}"""u8.ToArray(),
            """{"amount": 50.25, "note": "invoice", "reference": "p-1"}"""u8.ToArray(),
            Encoding.UTF8.GetBytes($$"""{"account": "{{account}}", "name": "k", "scopes": ["submit", "read"],"""
                + $$""" "expires_at": "2030-01-31T00:00Z", "networks": ["203.0.113.0/24"]}"""),
            """{"job": 1, "reason": "other", "details": "d", "contact": "c"}"""u8.ToArray(),
            """{"plan": "default", "suspended": true}"""u8.ToArray(), """{"grace_seconds": 60}"""u8.ToArray(),
        ],
        [.. JsonWords, "amount", "name", "plan", "scopes", "networks", "expires_at", "9999-12-31T23:59:59Z", "0001-01-01T00:00Z",
        "79228162514264337593543950335", "1e28", "/129", "::/0"],
        input =>
        {
            string[] paths =
                ["/admin/accounts", $"/admin/accounts/{account}/credit", "/admin/keys", "/report", $"/admin/accounts/{account}"];
            var path = paths[Sum(input) % paths.Length];
            return PostAsync(path, input, path.EndsWith(account, StringComparison.Ordinal) ? HttpMethod.Patch : HttpMethod.Post);
        });

    private FuzzTarget Presets() => new(
        "http-presets",
        ["""{"model": "wan22-fast-t2v", "fields": {"prompt": "a \ud83d\ude00", "seed": [1, null]}}"""u8.ToArray()],
        [.. JsonWords, "\\ud800", "\\u0000", "\\\""], async input =>
        {
            await PostAsync("/console/api/presets/fuzz", input, HttpMethod.Put);
            using var answer = await gateway.Http.GetAsync("/console/api/presets");
            Check(answer.StatusCode, await answer.Content.ReadAsStringAsync());
        });

    private FuzzTarget Ranges() => FuzzTarget.OfText(
        "http-ranges", ["bytes=0-9", "bytes=-5", "bytes=10-", "bytes=0-0,5-9", "bytes=0-", "items=0-1"],
            ["bytes=", "-", ",", "0", "9223372036854775807", " ", "="], async text =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, file);
            request.Headers.TryAddWithoutValidation("Range", Line(text));
            using var answer = await gateway.Http.SendAsync(request);
            var body = await answer.Content.ReadAsByteArrayAsync();
            Assert.True(
                answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.PartialContent
                    or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.BadRequest,
                $"{answer.StatusCode}");
            if (answer.StatusCode == HttpStatusCode.OK) Assert.Equal(fileBytes, body.Length);
            if (answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange is { } range)
                Assert.Equal(range.To - range.From + 1, body.Length);
        });

    private FuzzTarget Lists() => FuzzTarget.OfText(
        "http-lists", ["2030-01-31T00:00Z", "IN_QUEUE,COMPLETED", "50", "wan22-fast-t2v", "2030-01-31T00:00:00.5+14:00",
        "0001-01-01T00:00Z", "9999-12-31T23:59:59.9999999Z"],
        ["0001-01-01", "9999-12-31T23:59:59Z", "+14:00", "-99:99", ",", "T", "Z", "9223372036854775807"], async text =>
        {
            var value = Uri.EscapeDataString(text.Length > 1000 ? text[..1000] : text);
            string[] paths =
            [
                $"/jobs?since={value}", $"/jobs?until={value}", $"/jobs?status={value}", $"/jobs?limit={value}&before={value}",
                $"/jobs?model={value}", $"/admin/jobs?account={value}",
                $"/admin/accounts/{account}/statement?from={value}&until={value}", $"/admin/audit?after={value}",
                $"/queue/wan22-fast-t2v/requests/{value}/status",
                $"/queue/{value}/requests/1", $"/api/v1/jobs/recordInfo?taskId={value}", $"/fal/download/{value}",
                $"/rushes-files/{value}?X-Amz-Date={value}", $"/console/{value}", $"/v1/predictions?created_after={value}",
                $"/v1/predictions?cursor={value}",
                $"/v1/search?query={value}&limit={value}", $"/v1/collections/{value}",
                $"/api/v1/videos/{value}", $"/api/v1/videos/{value}/content?index={value}",
                $"/console/api/gallery?tag={value}", $"/console/api/jobs?words={value}", $"/share/{value}", $"/docs/{value}",
            ];
            using var answer = await gateway.Http.GetAsync(paths[text.Sum(letter => letter) % paths.Length]);
            Check(answer.StatusCode, await answer.Content.ReadAsStringAsync());
        });

    /// <summary>Whole requests as they come over the wire, through no client that would tidy them.</summary>
    private FuzzTarget Requests() => new(
        "http-requests",
        [
            .. new[]
            {
                "GET /console HTTP/1.1\r\nHost: a.example:8080\r\nCookie: rushes=abc\r\nConnection: close\r\n\r\n",
                "POST /queue/wan22-fast-t2v?dry_run=true HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                    + $"Bearer {TestGateway.Key}\r\nContent-Type: application/json\r\n"
                    + "Idempotency-Key: one\r\nContent-Length: 15\r\nConnection: close\r\n\r\n{\"prompt\": \"a\"}",
                "GET /queue/wan22-fast-t2v/requests/1/status?logs=1 HTTP/1.1\r\nHost: [::1]:80\r\nAuthorization: "
                    + $"Key {TestGateway.Key}\r\nAccept: text/event-stream\r\n"
                    + "Last-Event-ID: 3\r\ntraceparent: "
                    + "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nConnection: close\r\n\r\n",
                "POST /api/fal/proxy HTTP/1.1\r\nHost: localhost\r\nx-fal-target-url: "
                    + $"https://queue.fal.run/fal-ai/wan/v2.2-a14b/text-to-video\r\nAuthorization: Key {TestGateway.Key}\r\n"
                    + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: "
                    + "close\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
                "OPTIONS /rushes-files/outputs/a1/1.mp4 HTTP/1.1\r\nHost: localhost\r\nOrigin: "
                    + "https://a.example\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: b\r\nConnection: close\r\n\r\n",
                "GET /api/fal/proxy HTTP/1.1\r\nHost: localhost\r\nx-fal-target-url: "
                    + $"https://fal.run/fal-ai/%2e%2e/a%00?x=%00#\r\nAuthorization: Key {TestGateway.Key}\r\n"
                    + "Connection: close\r\n\r\n",
                "GET /openapi/queue.json HTTP/1.1\r\nHost: xn--bcher-kva.example\r\nOcp-Apim-Subscription-Key: "
                    + $"{TestGateway.Key}\r\nIf-None-Match: \"a\"\r\nConnection: close\r\n\r\n",
            }.Concat(new[] { "a..b", "x:99999", "xn--", "", "[::1", "a b", "-", ".", "a:b", "\u00e9", "%41" }
                .SelectMany(host => new[]
            {
                $"GET /console HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
                $"GET /openapi/fal.json HTTP/1.0\r\nX-Forwarded-Host: {host}\r\nHost: {host}\r\n\r\n",
                $"POST /queue/wan22-fast-t2v HTTP/1.1\r\nHost: {host}\r\nAuthorization: "
                    + $"Bearer {TestGateway.Key}\r\nContent-Length: 15\r\nContent-Type: application/json\r\n"
                    + "Connection: close\r\n\r\n{\"prompt\": \"a\"}",
            })).Select(Encoding.Latin1.GetBytes),
        ],
        [
            "\r\n", "Host: a..b\r\n", "Host: x:99999\r\n", "Host: xn--\r\n", "Host: \r\n", "Authorization: ", "Bearer ", "Key ",
            "/console", "/openapi/", "/docs", "/docs/api/queue", "/jobs", "/admin/accounts", "?", "%00",
            "%2e%2e/", "//", "Content-Length: ", "Range: bytes=", "If-Modified-Since: ", "Accept-Language: ", "GET ", "HEAD ",
            "DELETE ", "PUT ", "HTTP/1.0", "X-Rushes-Console: 1\r\n",
        ],
        async input =>
        {
            var address = new Uri(gateway.Origin);
            using var client = new TcpClient(address.Host, address.Port);
            await using var stream = client.GetStream();
            try
            {
                await stream.WriteAsync(input);
                client.Client.Shutdown(SocketShutdown.Send);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                // None: what came was no whole request.
                if (await reader.ReadLineAsync() is not { } line) return;
                var status = int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
                Check((HttpStatusCode)status, status < 500 ? "" : await reader.ReadToEndAsync());
            }
            catch (Exception error) when (error is IOException or SocketException)
            {
                // It may hang up on what is no request, before all of it was read.
            }
        });

    private async Task PostAsync(string path, byte[] body, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(WorkerProtocol.Header, WorkerProtocol.Version);
        using var answer = await gateway.Http.SendAsync(request);
        Check(answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>505 is the server's own word for another version of HTTP.</summary>
    private static void Check(HttpStatusCode status, string body) =>
        Assert.True((int)status < 500 || status == HttpStatusCode.HttpVersionNotSupported, $"{(int)status} {body}");

    private static int Sum(byte[] input) => input.Sum(one => one);

    /// <summary>What the client sends as a header at all.</summary>
    private static string Line(string text) =>
        string.Concat(text.Select(letter => letter is >= ' ' and < '\u007f' ? letter : '?'));
}
