using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rushes.Engines;
using Rushes.Jobs;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Rushes.Tests.Engines;
using Rushes.Tests.Media;
using Xunit;

namespace Rushes.Tests.Work;

/// <summary>What a worker's key can and cannot do to jobs, over both databases and both file stores.</summary>
public sealed class WorkerLeaseTests(S3Server s3) : IAsyncLifetime
{
    private readonly Backends backends = new(s3);
    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await backends.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task A_lease_is_of_the_key_and_the_worker_that_took_it(Backend backend)
    {
        var gateway = await backends.StartAsync(backend);
        var picture = await File.ReadAllBytesAsync(await SampleMedia.PictureAsync(folder), Cancel);
        await CreateAsync(
            gateway, "wan22-fast-i2v", new { prompt = "a boat", data_uri = Convert.ToBase64String(picture), duration = 0.5 });
        var (_, key) = await gateway.Http.AddKeyAsync(1, Cancel, ["worker"]);
        using var own = new WorkerCaller(gateway, key, "attic/1");
        var lease = await own.ClaimAsync("wan22-fast-i2v");
        var uri = JsonDocument.Parse(lease.GetProperty("input").GetString()!).RootElement.GetProperty("data_uri").GetString()!;
        var video = await VideoAsync(lease);
        using var otherKey = new WorkerCaller(gateway, (await gateway.Http.AddKeyAsync(1, Cancel, ["worker"])).Key, "attic/1");
        using var otherName = new WorkerCaller(gateway, key, "attic/2");

        foreach (var other in new[] { otherKey, otherName })
        {
            await AssertRejectedAsync(other.HeartbeatAsync(lease));
            await AssertRejectedAsync(other.InputAsync(lease, uri));
            await AssertRejectedAsync(other.DeliverAsync(lease, video));
            await AssertRejectedAsync(other.EndAsync(lease));
        }

        Assert.Equal("Held", $"{(await JsonAsync(own.HeartbeatAsync(lease))).GetProperty("answer")}");
        using var input = await own.InputAsync(lease, uri);
        Assert.Equal(picture, await input.Content.ReadAsByteArrayAsync(Cancel));
        using var elses = await own.InputAsync(lease, uri.Replace("a1/", "a2/", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, elses.StatusCode);
        // It needs no link, and has none to lose.
        Assert.DoesNotContain("http", lease.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task Nothing_replaces_the_video_of_a_completed_job(Backend backend)
    {
        var gateway = await backends.StartAsync(backend);
        var id = await CreateAsync(gateway);
        using var worker = new WorkerCaller(gateway, TestGateway.Key, "attic/1");
        var lease = await worker.ClaimAsync();
        var (first, second) = (await VideoAsync(lease), await VideoAsync(lease, "smptebars"));

        Assert.True((await JsonAsync(worker.DeliverAsync(lease, first))).GetProperty("kept").GetBoolean());
        // As if the answer had been lost.
        Assert.True((await JsonAsync(worker.DeliverAsync(lease, second))).GetProperty("kept").GetBoolean());
        Assert.False((await JsonAsync(worker.EndAsync(lease))).GetProperty("kept").GetBoolean());

        Assert.Equal(first, await ResultAsync(gateway, id));
        var received = (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/jobs", Cancel)).GetProperty("jobs")[0];
        Assert.Equal("COMPLETED", $"{received.GetProperty("status")}");
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task Two_deliveries_at_once_make_one_result(Backend backend)
    {
        var gateway = await backends.StartAsync(backend);
        var id = await CreateAsync(gateway);
        using var worker = new WorkerCaller(gateway, TestGateway.Key, "attic/1");
        var lease = await worker.ClaimAsync();
        byte[][] videos = [await VideoAsync(lease), await VideoAsync(lease, "smptebars")];

        var answers = await Task.WhenAll(videos.Select(video => JsonAsync(worker.DeliverAsync(lease, video))));

        Assert.All(answers, answer => Assert.True(answer.GetProperty("kept").GetBoolean()));
        var result = await ResultAsync(gateway, id);
        Assert.Single(videos, video => video.SequenceEqual(result));
    }

    public static TheoryData<string, string> Others => new()
    {
        { "", "is an HTML page" },
        { "-f lavfi -i testsrc2=s=512x512:d=0.5:r=16 -c:v mpeg4 -movflags +faststart", "mpeg4" },
        { "-f lavfi -i testsrc2=s=512x512:d=0.5:r=16 -c:v libx264 -pix_fmt yuv444p -movflags +faststart", "yuv444p" },
        { "-f lavfi -i testsrc2=s=256x256:d=0.5:r=16 -c:v libx264 -pix_fmt yuv420p -movflags +faststart", "256x256" },
        { "-f lavfi -i testsrc2=s=2048x2048:d=0.5:r=16 -c:v libx264 -pix_fmt yuv420p -movflags +faststart", "megapixels" },
        { "-f lavfi -i testsrc2=s=512x512:d=5:r=16 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -movflags +faststart",
            "longer" },
        { "-f lavfi -i testsrc2=s=512x512:d=0.5:r=16 -c:v libx264 -pix_fmt yuv420p", "index" },
        { "-f lavfi -i sine=d=1 -c:a aac -movflags +faststart", "no picture" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public async Task A_file_that_is_not_the_video_fails_the_run(string encoding, string reason)
    {
        var gateway = await backends.StartAsync(Backend.Local);
        var id = await CreateAsync(gateway);
        using var worker = new WorkerCaller(gateway, TestGateway.Key, "attic/1");
        var lease = await worker.ClaimAsync();
        var file = encoding.Length == 0
            ? Encoding.UTF8.GetBytes("<!DOCTYPE html><html><script>alert(1)</script></html>")
            : await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder["other.mp4"], encoding), Cancel);

        var answer = await JsonAsync(worker.DeliverAsync(lease, file));

        Assert.Contains(reason, answer.GetProperty("refused").GetString());
        var history = await gateway.Http.GetFromJsonAsync<JsonElement>($"/admin/jobs/{id}/history", Cancel);
        Assert.Contains("bad_video", history.GetRawText(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(gateway.Data, "*.mp4", SearchOption.AllDirectories));
        // The lease is over with it.
        Assert.False((await JsonAsync(worker.DeliverAsync(lease, await VideoAsync(lease)))).GetProperty("kept").GetBoolean());
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task A_rejected_file_is_a_fault_of_the_engine_and_no_attempt_of_the_job(Backend backend)
    {
        var gateway = await backends.StartAsync(backend);
        var id = await CreateAsync(gateway);
        using var worker = new WorkerCaller(gateway, TestGateway.Key, "attic/1");

        // As often as the job has attempts.
        for (var run = 0; run < 3; run++)
        {
            var answer = await JsonAsync(worker.DeliverAsync(await worker.ClaimAsync(), "<html></html>"u8.ToArray()));
            Assert.True(answer.GetProperty("kept").GetBoolean());
            Assert.NotNull(answer.GetProperty("refused").GetString());
        }

        var history = await gateway.Http.GetFromJsonAsync<JsonElement>($"/admin/jobs/{id}/history", Cancel);
        Assert.Equal((0, 3), (history.GetProperty("attempts").GetInt32(), history.GetProperty("runs").GetArrayLength()));
        var lease = await worker.ClaimAsync();
        var video = await VideoAsync(lease);
        Assert.True((await JsonAsync(worker.DeliverAsync(lease, video))).GetProperty("kept").GetBoolean());
        Assert.Equal(video, await ResultAsync(gateway, id));
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task An_error_tells_no_address_and_no_path_of_the_worker(Backend backend)
    {
        var gateway = await backends.StartAsync(backend);
        var id = await CreateAsync(gateway);
        using var worker = new WorkerCaller(gateway, TestGateway.Key, "attic/1");
        await JsonAsync(
            worker.EndAsync(
                await worker.ClaimAsync(), "engine_failed",
                "http://10.1.2.3:8188/view failed: gpu-7:8188 (host='gpu-7.lan', port=8188) [fd00::1]:80 192.0.2.7 "
                    + "/srv/models/wan.safetensors C:\\models\\wan 640/480"));

        string[] paths = [$"/jobs/{id}/history", $"/queue/wan22-fast-t2v/requests/{id}/status", $"/console/api/jobs/{id}"];
        foreach (var path in paths)
        {
            var seen = await gateway.Http.GetStringAsync(path, Cancel);
            foreach (var secret in (string[])["10.1.2.3", "gpu-7", "fd00", "192.0.2.7", "/srv", "models"])
                Assert.DoesNotContain(secret, seen, StringComparison.Ordinal);
        }
        Assert.Contains(
            "[address] failed: [address] (host='[address]', port=8188) [address] [address] [path] [path] 640/480",
            await gateway.Http.GetStringAsync($"/jobs/{id}/history", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_arrives_as_something_else_is_sent_again()
    {
        var gateway = await backends.StartAsync(Backend.Local);
        var id = await CreateAsync(gateway);
        using var worker = new WorkerCaller(gateway, TestGateway.Key, "attic/1");
        var lease = await worker.ClaimAsync();
        var video = await VideoAsync(lease);

        using var damaged = await worker.DeliverAsync(lease, video[..^100], hashed: video);
        Assert.Equal(HttpStatusCode.Conflict, damaged.StatusCode);

        Assert.True((await JsonAsync(worker.DeliverAsync(lease, video))).GetProperty("kept").GetBoolean());
        Assert.Equal(video, await ResultAsync(gateway, id));
    }

    [Theory]
    [MemberData(nameof(Backends.Both), MemberType = typeof(Backends))]
    public async Task Texts_of_workers_are_bounded(Backend backend)
    {
        var gateway = await backends.StartAsync(backend);
        var id = await CreateAsync(gateway);
        using var worker = new WorkerCaller(gateway, TestGateway.Key, "attic/1");
        var text = string.Concat("x", string.Concat(Enumerable.Repeat("🎬", 5_000)));
        var models = new[] { "wan22-fast-t2v" };
        using var hello = await worker.CallAsync("hello", new
        {
            name = "attic/1", version = text, engine = text, models, loaded = text, gpu = text, gpu_megabytes = -1,
            wants = Enumerable.Repeat(text[..1_001], 30),
        });
        Assert.Equal(HttpStatusCode.NoContent, hello.StatusCode);
        var listed = (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/workers", Cancel)).GetProperty("workers")[0];
        Assert.Equal("remote:1:attic/1", $"{listed.GetProperty("name")}");
        foreach (var bounded in (string[])["version", "engine"])
            Assert.Equal(text[..99], $"{listed.GetProperty(bounded)}");
        Assert.Equal(
            (text[..99], 0),
            ($"{listed.GetProperty("gpu").GetProperty("name")}", listed.GetProperty("gpu").GetProperty("megabytes").GetInt64()));
        Assert.Equal(Enumerable.Repeat(text[..399], 20), listed.GetProperty("wants").EnumerateArray().Select(want => $"{want}"));

        var lease = await worker.ClaimAsync();
        Assert.Equal("a b" + text[..97], new EngineEvent.Stage("a\nb" + text).Name);
        await JsonAsync(worker.EndAsync(lease, "no code\r\n", text));
        var status = (await gateway.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}/status", Cancel))
            .GetRawText();
        var error = (await gateway.Http.GetFromJsonAsync<JsonElement>($"/admin/jobs/{id}/history", Cancel)).GetRawText();
        Assert.InRange(status.Length + error.Length, 1, 45_000);
        Assert.Contains("engine_failed", error, StringComparison.Ordinal);

        using var huge = await worker.CallAsync(
            "hello", new { name = "attic/1", version = new string('x', 2_000_000), engine = "", models }, expectContinue: true);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, huge.StatusCode);
    }

    [Fact]
    public async Task Of_a_workers_card_only_what_the_catalog_knows_is_kept()
    {
        var gateway = await backends.StartAsync(Backend.Local);
        using var worker = new WorkerCaller(gateway, TestGateway.Key, "attic/1");
        var unknown = Enumerable.Range(0, 900).Select(number => $"made-up-{number}");
        string[] ids = ["wan22-fast-i2v-vip", "wan22-fast-t2v", "wan22-fast-t2v", .. unknown];
        var parts = Enumerable.Range(0, 30).Select(
            number => new { name = $"part {number}", state = "ready", models = ids, proofs = 0 });
        var fields = new[] { "prompt", "prompt", "made_up" }.Select(field => new { field, effect = "none", models = ids });
        using var hello = await worker.CallAsync("hello", new
        {
            name = "attic/1", version = "1", engine = "e", models = ids[..3], loaded = "made-up", parts, limitedFields = fields,
        });
        Assert.Equal(HttpStatusCode.NoContent, hello.StatusCode);

        var listed = (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/workers", Cancel)).GetProperty("workers")[0];
        string[] known = ["wan22-fast-i2v-premium", "wan22-fast-t2v"];
        Assert.Equal(known, listed.GetProperty("models").EnumerateArray().Select(id => $"{id}"));
        Assert.Equal(20, listed.GetProperty("parts").GetArrayLength());
        Assert.All(
            listed.GetProperty("parts").EnumerateArray(),
            part => Assert.Equal(known, part.GetProperty("models").EnumerateArray().Select(id => $"{id}")));
        Assert.NotEqual("made-up", listed.TryGetProperty("loaded", out var loaded) ? $"{loaded}" : null);
        Assert.DoesNotContain("made", await gateway.Http.GetStringAsync("/models", Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_uploads_a_video_twice_at_once_and_no_more()
    {
        var gateway = await backends.StartAsync(Backend.Local);
        await CreateAsync(gateway);
        using var worker = new WorkerCaller(gateway, TestGateway.Key, "attic/1");
        var lease = await worker.ClaimAsync();
        var video = await VideoAsync(lease);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await Stored.OwnerWrittenAsync(gateway.Data, Cancel);
        var stuck = Enumerable.Range(0, 2).Select(_ => worker.DeliverHalfAsync(lease, end.Token)).ToArray();
        await Eventually.TrueWhileAsync(
            stuck, () => Directory.GetFiles(Path.Combine(gateway.Data, "incoming")).Length == 2, Cancel);

        using var third = await worker.DeliverAsync(lease, video);
        Assert.Equal(HttpStatusCode.Conflict, third.StatusCode);

        await end.CancelAsync();
        foreach (var upload in stuck) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload);
        await Eventually.TrueAsync(async () =>
        {
            using var answer = await worker.DeliverAsync(lease, video);
            return answer.IsSuccessStatusCode;
        }, Cancel);
    }

    [Fact]
    public async Task A_key_has_so_many_workers_and_no_more()
    {
        var gateway = await backends.StartAsync(Backend.Local, new GatewayOptions { WorkersPerKey = 2 });
        using var worker = new WorkerCaller(gateway, TestGateway.Key, "");
        foreach (var name in (string[])["a/1", "a/2", "a/1"])
            Assert.Equal(HttpStatusCode.NoContent, await HelloAsync(worker, name));

        Assert.Equal(HttpStatusCode.TooManyRequests, await HelloAsync(worker, "a/3"));
        Assert.Equal(
            2,
            (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/workers", Cancel)).GetProperty("workers").GetArrayLength());
        using var another = new WorkerCaller(gateway, (await gateway.Http.AddKeyAsync(1, Cancel, ["worker"])).Key, "");
        Assert.Equal(HttpStatusCode.NoContent, await HelloAsync(another, "a/3"));
        Assert.Equal(HttpStatusCode.BadRequest, await HelloAsync(another, "a\n/4"));
    }

    [Fact]
    public async Task A_registration_with_null_in_a_list_is_rejected()
    {
        var gateway = await backends.StartAsync(Backend.Local);
        using var worker = new WorkerCaller(gateway, TestGateway.Key, "");
        foreach (var card in (object[])
            [
                new { name = "a/1", version = "0.1.0", engine = "test", models = new string?[] { "wan22-fast-t2v", null } },
                new { name = "a/1", version = "0.1.0", engine = "test", models = new[]
                    { "wan22-fast-t2v" }, wants = new object?[] { null } },
            ])
        {
            using var answer = await worker.CallAsync("hello", card);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("🎬🎬", 3, "🎬")]
    [InlineData("a\u0000b\nc", 10, "a b\nc")]
    [InlineData("plain", 5, "plain")]
    public void A_text_is_cut_between_characters(string text, int most, string cut) =>
        Assert.Equal(cut, BoundedText.Cut(text, most));

    [Fact]
    public void Half_a_character_is_no_text() => Assert.Equal("\ufffd", BoundedText.Cut("\ud83c", 10));

    private static async Task<HttpStatusCode> HelloAsync(WorkerCaller worker, string name)
    {
        using var answer = await worker.CallAsync(
            "hello", new { name, version = "0.1.0", engine = "test", models = new[] { "wan22-fast-t2v" } });
        return answer.StatusCode;
    }

    private static async Task AssertRejectedAsync(Task<HttpResponseMessage> call)
    {
        using var answer = await call;
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static async Task<JsonElement> JsonAsync(Task<HttpResponseMessage> call)
    {
        using var answer = await call;
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
    }

    private static async Task<byte[]> ResultAsync(TestGateway gateway, string id)
    {
        var result = await gateway.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}", Cancel);
        return result.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64();
    }

    private async Task<byte[]> VideoAsync(JsonElement lease, string source = "testsrc2")
    {
        var due = lease.GetProperty("plan").GetProperty("delivery");
        var size = $"{due.GetProperty("width")}x{due.GetProperty("height")}";
        var path = await FFmpeg.MakeAsync(
            folder[$"{source}.mp4"],
            $"-f lavfi -i {source}=s={size}:r=16 -frames:v {due.GetProperty("frames")} -c:v libx264 -pix_fmt yuv420p "
                + "-movflags +faststart");
        return await File.ReadAllBytesAsync(path, Cancel);
    }

    private static Task<string> CreateAsync(TestGateway gateway) =>
        CreateAsync(gateway, "wan22-fast-t2v", new { prompt = "a wave", duration = 0.5, width = 512, height = 512 });

    private static async Task<string> CreateAsync(TestGateway gateway, string model, object input)
    {
        using var answer = await gateway.Http.PostAsJsonAsync($"/queue/{model}", input, Cancel);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }
}
