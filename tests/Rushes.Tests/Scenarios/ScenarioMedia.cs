using Rushes.Media;
using Xunit;

namespace Rushes.Tests.Scenarios;

/// <summary>Small pictures, sounds and clips made by ffmpeg, which scenarios name as <c>{{picture}}</c> and so on (base64).</summary>
public sealed class ScenarioMedia : IAsyncLifetime
{
    private readonly TempFolder folder = new();

    public Dictionary<string, string> Base64 { get; } = [];

    public async ValueTask InitializeAsync()
    {
        await MakeAsync("picture", "picture.jpg", "-f", "lavfi", "-i", "testsrc2=s=320x180", "-frames:v", "1");
        await MakeAsync("portrait", "portrait.png", "-f", "lavfi", "-i", "mandelbrot=s=180x320", "-frames:v", "1");
        await MakeAsync("sound", "sound.mp3", "-f", "lavfi", "-i", "sine=440:d=1");
        await MakeAsync("clip", "clip.mp4", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=16:d=1", "-pix_fmt", "yuv420p");
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return default;
    }

    private async Task MakeAsync(string name, string file, params string[] arguments)
    {
        var exit = await ChildProcess.RunAsync(new Command("ffmpeg", ["-v", "error", .. arguments, folder[file]]), null, default);
        Assert.True(exit.Ok, exit.Errors);
        Base64[name] = Convert.ToBase64String(await File.ReadAllBytesAsync(folder[file]));
    }
}
