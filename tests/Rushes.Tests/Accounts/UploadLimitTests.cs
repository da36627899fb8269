using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Rushes.Files;
using Rushes.Retention;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Rushes.Tests.Engines;
using Xunit;
using static Rushes.Tests.Accounts.UploadCalls;

namespace Rushes.Tests.Accounts;

/// <summary>What uploads use of the gateway's disk before their files are stored, and unfinished uploads in parts.</summary>
public sealed class UploadLimitTests(S3Server s3) : IAsyncLifetime
{
    private const string FormHead = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";

    private readonly Backends backends = new(s3);
    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await backends.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Parts_are_checked_before_any_is_copied()
    {
        var gateway = await StartAsync(Backend.Local, "{}", """, "limits": { "uploadBytes": 1000 }""");
        using var http = await CustomerAsync(gateway);
        var (upload, _) = await BeginPartsAsync(http, "a.wav");
        var first = await PutPartAsync(upload, 1, new byte[500]);
        await PutPartAsync(upload, 2, new byte[10]);
        var incoming = Path.Combine(gateway.Data, "incoming");
        await Stored.OwnerWrittenAsync(gateway.Data, Cancel);
        var created = new BlockingCollection<string>();
        using var watcher = new FileSystemWatcher(incoming);
        watcher.Created += (_, file) => created.Add(file.Name!, CancellationToken.None);
        watcher.EnableRaisingEvents = true;

        foreach (var (number, tag) in new[] { (2, "wrong"), (3, "missing") })
            using (var rejected = await CompleteAsync(upload, (1, first), (number, tag)))
                Assert.Equal(HttpStatusCode.UnprocessableEntity, rejected.StatusCode);

        // Files are reported in order: none came before this one.
        await File.WriteAllTextAsync(Path.Combine(incoming, "last"), "", Cancel);
        Assert.Equal("last", created.Take(Cancel));
    }

    [Fact]
    public async Task An_upload_is_completed_once_at_a_time()
    {
        var gateway = await StartAsync(Backend.Local, "{}");
        using var http = await CustomerAsync(gateway);
        var rejected = false;
        // Calls that happen not to overlap are all accepted.
        for (var round = 0; round < 20 && !rejected; round++)
        {
            var (upload, _) = await BeginPartsAsync(http, "a.wav");
            var tag = await PutPartAsync(upload, 1, SampleMedia.SilentWav(seconds: 5));
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => CompleteAsync(upload, (1, tag))));
            rejected = answers.Any(answer => answer.StatusCode == HttpStatusCode.Conflict);
            Assert.Contains(answers, answer => answer.IsSuccessStatusCode);
            Assert.All(
                answers, answer => Assert.True(answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.Conflict));
            foreach (var answer in answers) answer.Dispose();
        }
        Assert.True(rejected);
    }

    [Fact]
    public async Task A_body_of_unknown_length_ends_where_the_plan_does()
    {
        var gateway = await StartAsync(Backend.Local, """{ "maxStoredBytes": 100000 }""");
        var account = await gateway.Http.AddAccountAsync("customer", "small", Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var http = AdminApi.With(gateway.Origin, key);
        var (upload, _) = await BeginPartsAsync(http, "a.wav");
        var form = $"POST /v1/files HTTP/1.1\r\nAuthorization: Bearer {key}\r\n"
            + "Content-Type: multipart/form-data; boundary=X\r\nTransfer-Encoding: chunked";
        foreach (var link in new[] { await LinkAsync(http), PartUrl(upload, "1") })
        {
            var put = $"PUT {new Uri(link).PathAndQuery} HTTP/1.1\r\nTransfer-Encoding: chunked";
            AssertFull(await SendUnendedAsync(gateway, put));
        }
        AssertFull(await SendUnendedAsync(gateway, form, FormHead));

        // A plan that is full rejects a form before it is sent.
        for (var i = 1; i <= 2; i++) await PutPartAsync(upload, i, new byte[50_000]);
        var head = form.Replace("Transfer-Encoding: chunked", "Content-Length: 1000", StringComparison.Ordinal);
        AssertFull(await ExchangeAsync(gateway, head, ""));
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task An_account_has_so_many_uploads_at_once_and_no_more(Backend backend)
    {
        var gateway = await StartAsync(backend, "{}");
        using var http = await CustomerAsync(gateway);
        var (upload, _) = await BeginPartsAsync(http, "a.wav");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var stranger = new HttpClient();
        // The gateway's own file, which it writes at the start, is in the same folder for a moment.
        var incoming = Path.Combine(gateway.Data, "incoming");
        await Eventually.TrueAsync(
            async () => await gateway.Service<IFileStore>().FindAsync(StoreOwner.Key, Cancel) is not null
                && Directory.GetFiles(incoming).Length == 0,
            Cancel);
        var stuck = Enumerable.Range(1, 10)
            .Select(i => stranger.PutAsync(PartUrl(upload, $"{i}"), new HalfContent(new byte[200_000]), end.Token))
            .ToArray();
        await Eventually.TrueWhileAsync(stuck, () => Directory.GetFiles(incoming).Length == stuck.Length, Cancel);

        using (var next = await PutAsync(PartUrl(upload, "11"), new byte[1]))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, next.StatusCode);
            Assert.NotNull(next.Headers.RetryAfter);
        }
        using (var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[1]), "file", "a.png" } })
        using (var file = await http.PostAsync("/v1/files", form, Cancel))
            Assert.Equal(HttpStatusCode.TooManyRequests, file.StatusCode);
        using (var other = await PutAsync(await LinkAsync(gateway.Http), new byte[1]))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);

        await end.CancelAsync();
        foreach (var part in stuck) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => part);
        await Eventually.TrueAsync(async () =>
        {
            using var answer = await PutAsync(PartUrl(upload, "11"), new byte[1]);
            return answer.IsSuccessStatusCode;
        }, Cancel);
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task Unfinished_parts_are_deleted_by_their_link(Backend backend)
    {
        var gateway = await StartAsync(backend, "{}");
        using var http = await CustomerAsync(gateway);
        var (upload, _) = await BeginPartsAsync(http, "a.wav");
        var (kept, _) = await BeginPartsAsync(http, "b.wav");
        var tag = await PutPartAsync(upload, 1, new byte[900]);
        await PutPartAsync(upload, 2, new byte[900]);
        await PutPartAsync(kept, 1, new byte[100]);

        Assert.Equal(HttpStatusCode.Forbidden, await DeleteAsync(upload + "0"));
        Assert.Equal(HttpStatusCode.Forbidden, await DeleteAsync(PartUrl(upload, "1")));
        Assert.Equal(1900, await StoredAsync(gateway));
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.NoContent, await DeleteAsync(upload));

        Assert.Equal(100, await StoredAsync(gateway));
        using var missing = await CompleteAsync(upload, (1, tag));
        Assert.Contains("not uploaded", await missing.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parts_are_not_empty_and_an_account_has_so_many()
    {
        var gateway = await StartAsync(Backend.Local, "{}");
        using var http = await CustomerAsync(gateway);
        var (upload, _) = await BeginPartsAsync(http, "a.wav");
        using (var empty = await PutAsync(PartUrl(upload, "1"), []))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);

        await PutPartAsync(upload, 1, new byte[1]);
        // As if another upload of the day had the others.
        var stored = Assert.Single(await Stored.FilesInAsync(gateway.Data, Cancel));
        var day = Path.GetDirectoryName(Path.GetDirectoryName(stored))!;
        var parts = Directory.CreateDirectory(Path.Combine(day, "other.wav.parts")).FullName;
        for (var i = 1; i < 1000; i++) await File.WriteAllTextAsync(Path.Combine(parts, $"{i:00000}"), "a", Cancel);
        using (var full = await PutAsync(PartUrl(upload, "2"), new byte[1]))
            AssertFull(await full.Content.ReadAsStringAsync(Cancel));
        await PutPartAsync(upload, 1, new byte[2]);
    }

    private Task<TestGateway> StartAsync(Backend backend, string plan, string more = "")
    {
        File.WriteAllText(folder["catalog.json"], $$"""{ "plans": { "small": {{plan}} }{{more}} }""");
        return backends.StartAsync(backend, new GatewayOptions { Catalog = folder["catalog.json"] });
    }

    private static async Task<HttpClient> CustomerAsync(TestGateway gateway)
    {
        var account = await gateway.Http.AddAccountAsync("customer", "small", Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        return AdminApi.With(gateway.Origin, key);
    }

    private static async Task<long> StoredAsync(TestGateway gateway) =>
        (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/accounts/customer", Cancel)).GetProperty(
            "stored_bytes").GetInt64();

    private static async Task<HttpStatusCode> DeleteAsync(string link)
    {
        using var stranger = new HttpClient();
        using var answer = await stranger.DeleteAsync(link, Cancel);
        return answer.StatusCode;
    }

    private static void AssertFull(string answer) => Assert.Contains("\"storage_full\"", answer, StringComparison.Ordinal);

    /// <summary>Sends chunks of 150,000 bytes in all, but not the last one.</summary>
    private static Task<string> SendUnendedAsync(TestGateway gateway, string head, string start = "")
    {
        var content = start + new string('a', 150_000);
        return ExchangeAsync(gateway, head, $"{content.Length:x}\r\n{content}\r\n");
    }

    /// <summary>What the gateway answers before the request has ended.</summary>
    private static async Task<string> ExchangeAsync(TestGateway gateway, string head, string body)
    {
        using var connection = new TcpClient();
        var origin = new Uri(gateway.Origin);
        await connection.ConnectAsync(origin.Host, origin.Port, Cancel);
        await using var stream = connection.GetStream();
        var request = $"{head}\r\nHost: {origin.Authority}\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancel);
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        // Not to the end of the stream: the gateway may reset a connection whose request has not ended.
        for (int count; !$"{answer}".Contains('}', StringComparison.Ordinal)
            && (count = await stream.ReadAsync(buffer, Cancel)) > 0;)
            answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
        return $"{answer}";
    }
}
