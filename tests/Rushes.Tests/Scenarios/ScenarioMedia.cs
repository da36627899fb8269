using Microsoft.AspNetCore.Http;
using Rushes.Tests.Outbound;
using Xunit;

namespace Rushes.Tests.Scenarios;

/// <summary>
/// Small pictures, sounds and clips made by ffmpeg, which scenarios name as <c>{{picture}}</c> and so on (base64), or as
/// <c>{{picture_url}}</c>, served from a loopback address that also takes callbacks (<c>{{hook_url}}</c>).
/// </summary>
public sealed class ScenarioMedia : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private Receiver? web;

    public Dictionary<string, string> Base64 { get; } = [];

    public Dictionary<string, string> Links { get; } = [];

    public async ValueTask InitializeAsync()
    {
        web = await Receiver.StartAsync(http => HttpMethods.IsGet(http.Request.Method)
            ? http.Response.SendFileAsync(folder[http.Request.Path.Value!.TrimStart('/')])
            : Task.CompletedTask);
        Links["hook_url"] = web["/hook"];
        await MakeAsync("picture", "picture.jpg", "-f", "lavfi", "-i", "testsrc2=s=320x180", "-frames:v", "1");
        await MakeAsync("portrait", "portrait.png", "-f", "lavfi", "-i", "mandelbrot=s=180x320", "-frames:v", "1");
        await MakeAsync("sound", "sound.mp3", "-f", "lavfi", "-i", "sine=440:d=1");
        await MakeAsync("clip", "clip.mp4", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=16:d=1", "-pix_fmt", "yuv420p");
    }

    public async ValueTask DisposeAsync()
    {
        await web!.DisposeAsync();
        folder.Dispose();
    }

    private async Task MakeAsync(string name, string file, params string[] arguments)
    {
        var exit = await DrawnFiles.MakeAsync(arguments, folder[file], default);
        Assert.True(exit.Ok, exit.Errors);
        Links[name + "_url"] = web!["/" + file];
        Base64[name] = Convert.ToBase64String(await File.ReadAllBytesAsync(folder[file]));
    }
}
