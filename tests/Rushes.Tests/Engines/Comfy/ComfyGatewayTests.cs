using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Rushes.Media;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>A whole gateway whose workers drive ComfyUI servers.</summary>
public sealed class ComfyGatewayTests
{
    [Fact]
    public async Task A_request_becomes_a_video_made_by_one_of_the_servers()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var first = await ComfyStub.StartAsync(cancel);
        await using var second = await ComfyStub.StartAsync(cancel);
        using var folder = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(
            2, cancel, options: new GatewayOptions { Engine = $"comfyui={first.Url},{second.Url}" });
        var picture = Convert.ToBase64String(await File.ReadAllBytesAsync(await SampleMedia.PictureAsync(folder), cancel));
        var sound = Convert.ToBase64String(await File.ReadAllBytesAsync(await SampleMedia.SoundAsync(folder), cancel));

        await SaveAsync(
            gateway, "wan22-fast-t2v", new { prompt = "a boat", duration = 1, width = 512, height = 512 }, folder["t2v.mp4"],
            cancel);
        await SaveAsync(
            gateway, "wan22-fast-i2v", new { prompt = "a boat", duration = 1, data_uri = picture, second_image_uri = picture },
            folder["i2v.mp4"], cancel);
        await SaveAsync(
            gateway, "wan22-s2v-fast", new { prompt = "a boat", data_uri = picture, audio_uri = sound }, folder["s2v.mp4"],
            cancel);

        var text = await VideoProbe.FindAsync(folder["t2v.mp4"], cancel);
        Assert.Equal(
            (512, 512, 16, 16.0, "h264", true), (text!.Width, text.Height, text.Frames, text.Rate, text.Codec, text.Faststart));
        Assert.Equal(
            (800, 480, 16),
            await VideoProbe.FindAsync(folder["i2v.mp4"], cancel) is { } image
                ? (image.Width, image.Height, image.Frames) : default);
        Assert.True((await VideoProbe.FindAsync(folder["s2v.mp4"], cancel))!.HasSound);
        var prompts = first.Prompts.Concat(second.Prompts).ToList();
        Assert.Equal(3, prompts.Count);
        Assert.Contains(prompts, prompt => prompt.Graph.ContainsKey("last_picture"));
        Assert.Empty(first.Origins.Concat(second.Origins));
    }

    [Fact]
    public async Task A_watcher_sees_what_the_unfinished_video_looks_like()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var stub = await ComfyStub.StartAsync(cancel);
        await using var gateway = await TestGateway.StartAsync(
            1, cancel, options: new GatewayOptions { Engine = $"comfyui={stub.Url}" });

        await AssertShownAsync(gateway, stub, cancel);
    }

    [Fact]
    public async Task A_remote_worker_says_what_it_is_and_shows_its_work()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var stub = await ComfyStub.StartAsync(cancel);
        await using var gateway = await TestGateway.StartAsync(0, cancel);
        await using var worker = GatewayProcess.Launch(
            ["worker", "--server", gateway.Origin, "--name", "attic", "--engine", $"comfyui={stub.Url}", "--models",
                "wan22-fast-t2v*"], TestGateway.Key);
        Assert.NotNull(await worker.WaitForAsync("ComfyReady", cancel));

        await AssertShownAsync(gateway, stub, cancel);

        var said = (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/workers", cancel)).GetProperty("workers")
            .EnumerateArray()
            .Single();
        Assert.Equal("remote:1:attic/1", said.GetProperty("name").GetString());
        Assert.Equal("comfyui", said.GetProperty("engine").GetString());
        // The server's own, wherever it is.
        Assert.Equal("NVIDIA RTX Stub", said.GetProperty("gpu").GetProperty("name").GetString());
        Assert.Equal(24576, said.GetProperty("gpu").GetProperty("megabytes").GetInt32());
        Assert.Equal("wan22-fast-t2v", said.GetProperty("models")[0].GetString());
        Assert.All(
            said.GetProperty("models").EnumerateArray(),
            model => Assert.StartsWith("wan22-fast-t2v", model.GetString(), StringComparison.Ordinal));
    }

    /// <summary>One that draws on and on, until it is cancelled.</summary>
    private static async Task AssertShownAsync(TestGateway gateway, ComfyStub stub, CancellationToken cancel)
    {
        stub.Fates.Enqueue(Fate.Linger);
        using var created = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v", new { prompt = "a boat", duration = 1, width = 512, height = 512 }, cancel);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(cancel)).GetProperty("request_id").GetString();
        var address = $"/queue/wan22-fast-t2v/requests/{id}";

        await using var stream = await gateway.Http.GetStreamAsync($"{address}/status/stream", cancel);
        var stages = new List<string>();
        await foreach (var received in SseParser.Create(stream).EnumerateAsync(cancel))
        {
            var status = JsonDocument.Parse(received.Data).RootElement;
            if (received.EventType != "preview")
            {
                Assert.False(status.TryGetProperty("preview", out _));
                stages.Add(received.EventId!);
                continue;
            }
            Assert.Equal("IN_PROGRESS", status.GetProperty("status").GetString());
            var inline = status.GetProperty("preview").GetString()!;
            using var shown = await gateway.Http.GetAsync(status.GetProperty("preview_url").GetString(), cancel);
            Assert.Equal("image/jpeg", shown.Content.Headers.ContentType!.MediaType);
            Assert.Equal(
                inline, "data:image/jpeg;base64," + Convert.ToBase64String(await shown.Content.ReadAsByteArrayAsync(cancel)));
            using (await gateway.Http.PutAsync($"{address}/cancel?force=true", null, cancel)) { }
        }

        Assert.Equal("cancelled", stages[^1]);
        Assert.Equal(stages.Distinct(), stages);
        using var missing = await gateway.Http.GetAsync($"{address}/preview", cancel);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("no_preview", await missing.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);
    }

    private static async Task SaveAsync(TestGateway gateway, string model, object input, string path, CancellationToken cancel)
    {
        using var created = await gateway.Http.PostAsJsonAsync($"/queue/{model}", input, cancel);
        created.EnsureSuccessStatusCode();
        var request = await created.Content.ReadFromJsonAsync<JsonElement>(cancel);
        var ended = await Eventually.EndedAsync(gateway.Http, request.GetProperty("request_id").GetString()!, cancel, model);
        Assert.Equal("COMPLETED", ended.GetProperty("status").GetString());
        var result = await gateway.Http.GetFromJsonAsync<JsonElement>(request.GetProperty("response_url").GetString(), cancel);
        await File.WriteAllBytesAsync(path, result.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64(), cancel);
    }
}
