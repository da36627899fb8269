using System.Net.Http.Json;
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
        await using var gateway = await TestGateway.StartAsync(2, cancel, options: new GatewayOptions { Engine = $"comfyui={first.Url},{second.Url}" });
        var picture = Convert.ToBase64String(await File.ReadAllBytesAsync(await SampleMedia.PictureAsync(folder), cancel));
        var sound = Convert.ToBase64String(await File.ReadAllBytesAsync(await SampleMedia.SoundAsync(folder), cancel));

        await SaveAsync(gateway, "wan22-fast-t2v", new { prompt = "a boat", duration = 1, width = 512, height = 512 }, folder["t2v.mp4"], cancel);
        await SaveAsync(gateway, "wan22-fast-i2v", new { prompt = "a boat", duration = 1, data_uri = picture, second_image_uri = picture }, folder["i2v.mp4"], cancel);
        await SaveAsync(gateway, "wan22-s2v-fast", new { prompt = "a boat", data_uri = picture, audio_uri = sound }, folder["s2v.mp4"], cancel);

        var text = await VideoProbe.FindAsync(folder["t2v.mp4"], cancel);
        Assert.Equal((512, 512, 16, 16.0, "h264", true), (text!.Width, text.Height, text.Frames, text.Rate, text.Codec, text.Faststart));
        Assert.Equal((800, 480, 16), await VideoProbe.FindAsync(folder["i2v.mp4"], cancel) is { } image ? (image.Width, image.Height, image.Frames) : default);
        Assert.True((await VideoProbe.FindAsync(folder["s2v.mp4"], cancel))!.HasSound);
        var prompts = first.Prompts.Concat(second.Prompts).ToList();
        Assert.Equal(3, prompts.Count);
        Assert.Contains(prompts, prompt => prompt.Graph.ContainsKey("last_picture"));
        Assert.Empty(first.Origins.Concat(second.Origins));
    }

    private static async Task SaveAsync(TestGateway gateway, string model, object input, string path, CancellationToken cancel)
    {
        using var created = await gateway.Http.PostAsJsonAsync($"/queue/{model}", input, cancel);
        created.EnsureSuccessStatusCode();
        var request = await created.Content.ReadFromJsonAsync<JsonElement>(cancel);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var status = await gateway.Http.GetFromJsonAsync<JsonElement>(request.GetProperty("status_url").GetString(), cancel);
            if (status.GetProperty("status").GetString() == "COMPLETED") break;
            Assert.DoesNotContain(status.GetProperty("status").GetString(), new[] { "FAILED", "CANCELLED" });
            await pause.WaitForNextTickAsync(cancel);
        }
        var result = await gateway.Http.GetFromJsonAsync<JsonElement>(request.GetProperty("response_url").GetString(), cancel);
        await File.WriteAllBytesAsync(path, result.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64(), cancel);
    }
}
