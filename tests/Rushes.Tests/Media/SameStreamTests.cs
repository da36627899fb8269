using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Media;
using Rushes.Server.Settings;
using Rushes.Tests.Engines;
using Rushes.Tests.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Media;

/// <summary>
/// Sounds and clips sent to a whole gateway: each kind of engine gets the same plain form, with the right length.
/// </summary>
public sealed class SameStreamTests : IDisposable
{
    private static readonly (string Name, double Seconds)[] Sounds =
        [("voice.webm", 4), ("xing-one-hour.mp3", 8), ("id3.flac", 4), ("zeros-first.mp3", 5)];

    private static readonly (string Name, int Width, int Height, double Seconds)[] Clips =
    [
        ("sar-2-1-hevc.mov", 720, 480, 3), ("hlg.mov", 320, 180, 3), ("first-skip.mov", 320, 240, 2),
        ("slow-fast-hevc.mp4", 320, 240, 4),
    ];

    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_draft_engine_gets_it()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        foreach (var clip in Clips) await CheckAsync(clip, await DubbedAsync(gateway, clip.Name));
        var spoken = await VideoProbe.FindAsync(await SpokenAsync(gateway, "voice.webm", 30), Cancel);
        Assert.Equal(4, spoken!.Seconds, 0.1);
    }

    [Fact]
    public async Task A_local_program_gets_it()
    {
        await File.WriteAllTextAsync(folder["copy.json"], """
            {
              "programs": {
                "copy": {
                  "serves": ["hunyuan-foley"],
                  "program": "ffmpeg",
                  "arguments": ["-v", "error", "-nostdin", "-i", "{file:data_uri}", "-c", "copy", "{output}"],
                  "drawing": { "framesMultiple": 4, "sidesMultiple": 2 },
                  "stages": [{ "name": "copy", "tasks": 1, "ends": "done" }],
                  "limits": { "start": 60, "idle": 60, "total": 600 }
                }
              }
            }
            """, Cancel);
        await using var gateway = await TestGateway.StartAsync(
            1, Cancel, options: new GatewayOptions { Engine = $"process={folder["copy.json"]}" });
        foreach (var clip in Clips) await CheckAsync(clip, await DubbedAsync(gateway, clip.Name));
    }

    [Fact]
    public async Task A_ComfyUI_server_gets_it()
    {
        await using var stub = await ComfyStub.StartAsync(Cancel);
        await using var gateway = await TestGateway.StartAsync(
            1, Cancel, options: new GatewayOptions { Engine = $"comfyui={stub.Url}" });
        foreach (var (name, seconds) in Sounds)
        {
            await SpokenAsync(gateway, name, 0.5);
            var read = stub.Uploaded.Select(Read).Single(wav => wav is not null);
            stub.Uploaded.Clear();
            Assert.True(read is { IsExact: true }, name);
            Assert.Equal(seconds, read.Seconds, 0.1);
        }
    }

    [Fact]
    public async Task A_ComfyUI_server_gets_clips()
    {
        await using var stub = await ComfyStub.StartAsync(Cancel);
        await using var gateway = await TestGateway.StartAsync(
            1, Cancel, options: new GatewayOptions { Engine = $"comfyui={stub.Url}" });
        foreach (var (name, width, height, seconds) in Clips)
        {
            await DubbedAsync(gateway, name);
            var clip = await VideoProbe.FindAsync(Assert.Single(stub.Uploaded), Cancel);
            stub.Uploaded.Clear();
            Assert.Equal((name, width, height, "h264", true), (name, clip!.Width, clip.Height, clip.Codec, clip.HasSquarePixels));
            Assert.Equal(seconds, clip.Seconds, 0.05);
        }
    }

    private static WavFile? Read(string path)
    {
        using var file = new FileWindow(path);
        return WavFile.Read(file);
    }

    private static async Task CheckAsync((string Name, int Width, int Height, double Seconds) clip, string path)
    {
        var video = await VideoProbe.FindAsync(path, Cancel);
        Assert.Equal(
            (clip.Name, clip.Width, clip.Height, "h264", "yuv420p", true),
            (clip.Name, video!.Width, video.Height, video.Codec, video.PixelFormat, video.HasSquarePixels));
        Assert.Equal(clip.Seconds, video.Seconds, 0.05);
        Assert.Equal(clip.Seconds, video.SoundSeconds, 0.1);
    }

    private Task<string> DubbedAsync(TestGateway gateway, string clip) =>
        MakeAsync(gateway, "hunyuan-foley", new { prompt = "steps", seed = 1, data_uri = Case(clip) });

    private async Task<string> SpokenAsync(TestGateway gateway, string sound, double duration)
    {
        var picture = Convert.ToBase64String(await File.ReadAllBytesAsync(await SampleMedia.PictureAsync(folder), Cancel));
        return await MakeAsync(
            gateway, "wan22-s2v-fast", new { prompt = "a", seed = 1, duration, data_uri = picture, audio_uri = Case(sound) });
    }

    private static string Case(string name) =>
        Convert.ToBase64String(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Media", "Cases", name)));

    private async Task<string> MakeAsync(TestGateway gateway, string model, object fields)
    {
        using var created = await gateway.Http.PostAsJsonAsync($"/queue/{model}", fields, Cancel);
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync(Cancel));
        var request = await created.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var ended = await Eventually.EndedAsync(gateway.Http, request.GetProperty("request_id").GetString()!, Cancel, model);
        Assert.Equal("COMPLETED", ended.GetProperty("status").GetString());
        var result = await gateway.Http.GetFromJsonAsync<JsonElement>(request.GetProperty("response_url").GetString(), Cancel);
        var path = folder[$"{Guid.NewGuid():n}.mp4"];
        await File.WriteAllBytesAsync(path, result.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64(), Cancel);
        return path;
    }
}
