using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Database.Postgres;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Rushes.Engines.Process;
using Rushes.Engines.SdServer;
using Rushes.Engines.VideoServer;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Media;
using Rushes.Outbound;
using Rushes.Pictures;
using Rushes.Programs;
using Rushes.Safety;
using Rushes.Tests.Intake;
using Rushes.Webhooks;
using Rushes.Work.Remote;
using Xunit;

namespace Rushes.Tests.Fuzz;

/// <summary>Parsers of bytes and texts, called directly.</summary>
internal static class ParserTargets
{
    private static readonly string[] JsonWords = ["{", "}", "[", "]", ":", ",", "\"", "\\", "{\"", "\":", "\"}", "\\ud800"];

    /// <param name="folder">For files while they are read.</param>
    public static IEnumerable<FuzzTarget> All(string folder) =>
    [
        Bodies(folder), Pictures(folder), Streams(folder), Videos(folder), Links(), SignedQueries(), FileKeys(),
        ComfyTexts(), ComfyPreviews(), ComfyHistories(), ComfyFacts(), ComfyRejections(), ComfyQueues(), ProgramOutput(),
        SdReplies(folder), VideoServerReplies(),
        Moderations(), Changes(), RetryAfter(), WorkerMessages(),
    ];

    /// <summary>Request bodies are read or rejected with an error, and leave no files.</summary>
    private static FuzzTarget Bodies(string folder)
    {
        var incoming = Directory.CreateDirectory(Path.Combine(folder, "bodies")).FullName;
        var random = new Random(5);
        byte[][] samples = [.. Enumerable.Range(0, 40).Select(_ => RandomMediaBody.Next(random))];
        return new FuzzTarget(
            "bodies", samples, [.. JsonWords, "data_uri", "data:image/png;base64,", "https://", "_url"], async input =>
        {
            using (var stream = new MemoryStream(input))
                switch (await MediaBody.ReadAsync(PipeReader.Create(stream), new MediaBodyOptions
                    { Folder = incoming }, CancellationToken.None))
                {
                    case MediaBody.Read read:
                        await MediaBodyModel.DescribeAsync(read, CancellationToken.None);
                        read.Dispose();
                        break;
                    case MediaBody.Rejected rejected:
                        Assert.Contains(rejected.Code, new[] { "too_large", "bad_json", "bad_base64" });
                        break;
                }
            Assert.Empty(Directory.EnumerateFileSystemEntries(incoming));
        });
    }

    /// <summary>Pictures as far as our own code reads them; the decoders run in a process of their own.</summary>
    private static FuzzTarget Pictures(string folder)
    {
        var file = Path.Combine(folder, "picture");
        return FuzzTarget.OfBytes("pictures", ImageSamples.All,
            ["IHDR", "IDAT", "IEND", "zTXt", "iTXt", "iCCP", "VP8X", "VP8L", "VP8 ", "Exif\0\0MM", "Exif\0\0II"], input =>
        {
            var head = input.AsSpan(0, Math.Min(input.Length, MediaTypes.HeadSize));
            if (MediaTypes.Detect(head) is not { } type)
            {
                Assert.NotEmpty(OtherTypes.Describe(head));
                return;
            }
            if (type.Kind != MediaKind.Picture) return;
            File.WriteAllBytes(file, input);
            if (type == MediaType.Png) PngFile.Read(file);
            else if (type == MediaType.Jpeg) JpegFile.Read(file);
            else WebPFile.IsWhole(file);
        });
    }

    /// <summary>Sounds and clips as far as they are read before a decoder sees them.</summary>
    private static FuzzTarget Streams(string folder)
    {
        var file = Path.Combine(folder, "stream");
        var repaired = Path.Combine(folder, "repaired");
        byte[] format = [.. "fmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 0xC0, 0x5D, 0, 0, 0x80, 0xBB, 0, 0, 2, 0, 16, 0];
        byte[][] samples =
        [
            [.. "RIFF"u8, 255, 255, 255, 255, .. "WAVE"u8, .. format, .. "data"u8, 255, 255, 255, 255, .. new byte[64]],
            [.. "RF64"u8, 255, 255, 255, 255, .. "WAVEds64"u8, 28, 0, 0, 0, .. new byte[28], .. format, .. "data"u8,
            255, 255, 255, 255],
            [.. "ID3"u8, 4, 0, 0x10, 0, 0, 0, 9, .. new byte[19], .. "fLaC"u8],
            [0, 0, 0, 8, .. "skip"u8, 0, 0, 0, 1, .. "free"u8, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 8, .. "moov"u8],
            [.. new byte[40], 0xFF, 0xFB, 0x50, 0xC4, .. new byte[413], 0xFF, 0xFB, 0x50, 0xC4, .. new byte[413],
            0xFF, 0xFB, 0x50, 0xC4],
            [.. new byte[40], 0xFF, 0xF1, 0x50, 0x80, 1, 0x1F, 0xFC, 0, 0xFF, 0xF1, 0x50, 0x80, 1, 0x1F, 0xFC, 0],
        ];
        return FuzzTarget.OfBytes(
            "streams", samples, ["RIFF", "RF64", "WAVE", "data", "ds64", "LIST", "ID3", "ftypqt  ", "moov"], input =>
        {
            File.WriteAllBytes(file, input);
            using var window = new FileWindow(file);
            var found = MediaTypes.Find(window);
            Assert.InRange(found.Start, 0, input.Length);
            if (WavFile.Read(window, found.Start) is not { IsExact: false } wav) return;
            wav.RepairAsync(file, repaired, CancellationToken.None).GetAwaiter().GetResult();
            using var right = new FileWindow(repaired);
            Assert.True(WavFile.Read(right) is { IsExact: true } or null || wav.Seconds == 0);
        });
    }

    /// <summary>Videos of engines: a file that is read is rewritten into one that is read as the same video.</summary>
    private static FuzzTarget Videos(string folder)
    {
        var (file, rewritten) = (Path.Combine(folder, "video"), Path.Combine(folder, "rewritten"));
        byte[][] samples = [VideoSamples.SilentVideo, VideoSamples.VideoWithSound];
        string[] words = ["moov", "trak", "mdat", "stsz", "stco", "stts", "ctts", "elst", "avc1", "avcC", "mp4a", "esds", "udta"];
        return FuzzTarget.OfBytes("videos", samples, words, input =>
        {
            File.WriteAllBytes(file, input);
            if (Mp4File.Read(file) is not { } video) return;
            video.WriteAsync(rewritten, CancellationToken.None).GetAwaiter().GetResult();
            var again = Mp4File.Read(rewritten);
            Assert.Equal(video.Facts with { Faststart = true, Tags = again!.Facts.Tags }, again.Facts);
        });
    }

    /// <summary>An accepted URL has the same meaning for all parsers.</summary>
    private static FuzzTarget Links() => FuzzTarget.OfText(
        "links",
        [
            "https://example.com/a.png?x=1#y", "http://203.0.113.9:8080/", "http://[2001:db8::1]/a", "http://0x7f.1/",
            "http://2130706433/", "http://user:pw@host/",
            "https://xn--bcher-kva.example/", "http://example.com.:443/%2e%2e/a", "HTTP://EXAMPLE.COM",
            "http://[::ffff:10.0.0.1]/", "http://127.0.0.1%2f@example.com/",
        ],
        ["http://", "https://", "//", "@", "[", "]", "%25eth0", ":0", ":65536", "\\", "..", "a..b", "xn--", "0x", "%2f", "\t",
        "#", "?", "localhost", "file://"],
        text =>
        {
            Assert.NotEqual(OutboundUrl.TryParse(text, out var url, out var rejected), rejected is not null);
            if (url is null) return;
            Assert.True(OutboundUrl.TryParse(url.ToString(), out var again, out _), url.ToString());
            Assert.Equal((url.Uri.Scheme, url.Uri.IdnHost, url.Uri.Port), (again.Uri.Scheme, again.Uri.IdnHost, again.Uri.Port));
            Assert.True(url.Uri.Scheme is "http" or "https" && url.Uri.UserInfo.Length == 0, url.ToString());
            url.TryFollow(text, out _, out _);
            if (IPAddress.TryParse(url.Uri.IdnHost.Trim('[', ']'), out var address)) AddressRules.PublicOnly.Allows(address);
        });

    /// <summary>A query that differs from the signed one is rejected.</summary>
    private static FuzzTarget SignedQueries()
    {
        var now = new DateTimeOffset(2030, 1, 31, 0, 0, 0, TimeSpan.Zero);
        var signer = new SigV4("rushes", new string('a', 64));
        var good = signer.Presign("GET", "host:8080", "/bucket/outputs/a1/1.mp4", TimeSpan.FromHours(1), now);
        var meant = Fields(good);
        return FuzzTarget.OfText(
            "signed-queries", [good, "?" + good, good + "&response-content-type=a"],
            ["X-Amz-Signature=", "X-Amz-Expires=", "X-Amz-Date=", "X-Amz-Credential=", "&", "=", "%", "%2", "99991231T235959Z",
            "00010101T000000Z", "+", ";"],
            query =>
            {
                var check = signer.Verify("GET", "host:8080", "/bucket/outputs/a1/1.mp4", query, now);
                Assert.True(check != LinkCheck.Good || Fields(query).SequenceEqual(meant), query);
                Assert.NotEqual(LinkCheck.Good, signer.Verify("PUT", "host:8080", "/bucket/outputs/a1/1.mp4", query, now));
            });

        static IEnumerable<string> Fields(string query) =>
            query.TrimStart('?')
                .Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(Uri.UnescapeDataString)
                .Order(StringComparer.Ordinal);
    }

    private static FuzzTarget FileKeys() => FuzzTarget.OfText(
        "file-keys", ["inputs/a1/20300131/0123456789abcdef0123456789abcdef-1.jpg", "outputs/a1/12_3_wan22-fast-t2v.mp4",
        "s3://bucket/uploads/a1/x.png", "r2://b/k"],
        ["/", "..", ".", "//", "s3://", "\0", "\\", "outputs/", "_", "a1"],
        text =>
        {
            var key = FileUri.Parse(text)?.Key ?? text;
            InputKey.SetOf(key);
            OutputKey.JobOf(key);
            FileKey.ContentTypeOf(key);
            if (!FileKey.IsValid(key)) return;
            Assert.StartsWith("/files/", Path.GetFullPath(Path.Join("/files", key)), StringComparison.Ordinal);
        });

    private static FuzzTarget ComfyTexts() => new(
        "comfy-messages", [.. ComfySamples.Messages.Select(Encoding.UTF8.GetBytes)], [.. JsonWords, .. ComfySamples.Words],
        input =>
        {
            ComfyMessage.OfText(input);
            return Task.CompletedTask;
        });

    private static FuzzTarget ComfyPreviews() => FuzzTarget.OfBytes(
        "comfy-previews", ComfySamples.Previews, [.. JsonWords, .. ComfySamples.Words], input => ComfyMessage.OfBytes(input));

    private static FuzzTarget ComfyHistories() => Json("comfy-histories", ComfySamples.Histories, ComfySamples.Words, json =>
    {
        var entry = HistoryEntry.Of(json);
        foreach (var node in entry.Outputs.Keys) _ = entry.Result(node)?.Extension;
    });

    private static FuzzTarget ComfyFacts() =>
        Json("comfy-facts", ComfySamples.Facts, ComfySamples.Words, json => _ = ServerFacts.Of(json).Advice.Count());

    private static FuzzTarget ComfyRejections() => Json("comfy-refusals", ComfySamples.Rejections, ComfySamples.Words, json =>
    {
        if (!Rejection.IsNone(json)) Rejection.Of(json, partly: false);
    });

    private static FuzzTarget ComfyQueues() =>
        Json(
            "comfy-queues", ComfySamples.Queues, [.. ComfySamples.Words, "queue_running"],
            json => QueueState.Of(json).Holds("p1"));

    /// <summary>A response with another structure is rejected as invalid JSON.</summary>
    private static FuzzTarget Json(
        string name, IReadOnlyList<string> samples, IReadOnlyList<string> words, Action<JsonElement> read) =>
        new(name, [.. samples.Select(Encoding.UTF8.GetBytes)], [.. JsonWords, .. words], input =>
        {
            try
            {
                using var document = JsonDocument.Parse(input);
                read(document.RootElement);
            }
            catch (JsonException)
            {
            }
            return Task.CompletedTask;
        });

    private static FuzzTarget ProgramOutput() => FuzzTarget.OfText(
        "program-output", ["Sampling:  50%|#####     | 10/20 [00:01<00:01]\r",
        "\u001b[32mstep 3/4\u001b[0m\nsaved to /tmp/a.mp4\n", "CUDA out of memory"],
        ["\u001b[", "m", "\r", "\n", "100%", "1/0", "99999999999/1"], text =>
        {
            var tail = new OutputTail();
            new OutputLines(isError: false, line => Assert.NotEmpty(line.Text)).Write(text);
            tail.Write(text);
            ProgramWords.Public(text);
        });

    private static FuzzTarget SdReplies(string folder) => new(
        "sd-replies",
        [
            """{"id": "j1", "status": "completed", "result": {"b64_json": "AAAAIGZ0eXBpc29t", "format": "webm"}}"""u8.ToArray(),
            """{"status":"queued"}"""u8.ToArray(),
            """{"status": "failed", "error": {"message": "no memory"}}"""u8.ToArray(),
        ],
        [.. JsonWords, "\"b64_json\"", "status", "b64_json", "====", "AAAA"], async input =>
        {
            try
            {
                using var reply = new MemoryStream(input);
                var json = await VideoReply.ReadAsync(reply, Path.Combine(folder, "video"), CancellationToken.None);
                SdServerJob.IdOf(json);
                SdServerJob.StatusOf(json);
                SdServerJob.ErrorOf(json);
            }
            catch (Exception error) when (error is JsonException or FormatException)
            {
            }
        });

    private static FuzzTarget VideoServerReplies() => new(
        "video-server-replies",
        [
            """{"id": "video_1", "status": "in_progress", "progress": 40}"""u8.ToArray(),
            """{"task_id": "7", "task_status": "succeeded", "data": [{"url": "http://127.0.0.1/v.mp4"}]}"""u8.ToArray(),
            """{"error": {"code": "forward_loop", "message": "no memory at \ud83d\ude00"}, "detail": "no"}"""u8.ToArray(),
        ],
        [.. JsonWords, "\"error\"", "\"data\"", "\"url\"", "status", "progress", "\\ud800"], async input =>
        {
            try
            {
                using var reply = new MemoryStream(input);
                var job = new ServerJob(await VideoReply.ReadAsync(reply, null, CancellationToken.None));
                _ = (job.Id, job.Status, job.IsCompleted, job.IsFailed, job.Progress, job.Url, job.Code, job.Reason);
            }
            catch (Exception error) when (error is JsonException or FormatException)
            {
            }
        });

    private static FuzzTarget Moderations() => new(
        "moderations",
        [
            """
            {"results": [{"flagged": true, "categories": {"violence": true, "hate": false}, "category_scores": {"violence": 0.9},
             "category_applied_input_types": {"violence": ["image"]}}]}
            """u8.ToArray(),
        ],
        [.. JsonWords, "results", "flagged", "categories", "violence"], input =>
        {
            try
            {
                ModerationAnswer.Read(input);
            }
            catch (JsonException)
            {
            }
            return Task.CompletedTask;
        });

    /// <summary>Commits of other gateways are read or rejected as invalid.</summary>
    private static FuzzTarget Changes() =>
        new("news", ChangesSamples.All, [.. JsonWords, "jobs", "keys", "lanes", "accounts", "1e400", "\"i\":"], input =>
    {
        try
        {
            CommitText.Read(input);
        }
        catch (JsonException)
        {
        }
        return Task.CompletedTask;
    });

    private static FuzzTarget RetryAfter() => FuzzTarget.OfText(
        "retry-after", ["120", "Fri, 31 Jan 2030 23:59:59 GMT", "0", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"],
        [" ", "-", "GMT", "1e9", ","], async text =>
        {
            using var http = new HttpClient(new Asking(text));
            var answer = await new Receiver(http, TimeProvider.System).PostAsync(
                "http://receiver.example/", new WebhookMessage("{}"u8.ToArray()), new Dictionary<string, string>(),
                CancellationToken.None);
            Assert.Equal(429, answer.Status);
            Assert.InRange(RetrySchedule.Wait(1, answer.RetryAfter, 0.5)!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromHours(6));
        });

    /// <summary>A receiver that responds with Retry-After.</summary>
    private sealed class Asking(string when) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
            answer.Headers.TryAddWithoutValidation("Retry-After", when);
            return Task.FromResult(answer);
        }
    }

    /// <summary>Responses of a gateway that workers read.</summary>
    private static FuzzTarget WorkerMessages() => new(
        "worker-messages", [.. WorkerSamples.Messages.Select(Encoding.UTF8.GetBytes)], [.. JsonWords, .. WorkerSamples.Words],
        input =>
        {
            foreach (var type in new System.Text.Json.Serialization.Metadata.JsonTypeInfo[]
                { WorkerJson.Default.Assignment, WorkerJson.Default.HeartbeatAnswer, WorkerJson.Default.EndingAnswer,
                    WorkerJson.Default.WorkerOffer, WorkerJson.Default.Ending })
                try
                {
                    JsonSerializer.Deserialize(input, type);
                }
                catch (JsonException)
                {
                }
            return Task.CompletedTask;
        });
}
