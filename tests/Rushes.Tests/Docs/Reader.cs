using Rushes.Programs;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Rushes.Tests.Engines;
using Rushes.Tests.Rules;
using Rushes.Tests.Webhooks;
using Xunit;

namespace Rushes.Tests.Docs;

/// <summary>
/// Someone who types what pages say, in a folder like a clone, beside a gateway that has made a few videos already.
/// </summary>
public sealed class Reader : IAsyncLifetime
{
    /// <summary>Videos are short and small unless a page gives their length and size, which takes a minute less.</summary>
    private const string ShortVideos = """
        {
          "parameters": { "duration": { "type": "number", "min": 0.5, "default": 0.5, "help": "Length in seconds." } },
          "listings": { "fal": { "fal-ai/wan/v2.2-a14b/text-to-video": { "model": "wan22-fast-t2v", "parameters": {
            "prompt": { "required": true },
            "resolution": { "type": "string", "options": ["480p", "580p", "720p"], "default": "480p" },
            "num_frames": { "type": "integer", "min": 17, "max": 161, "default": 17 }
          } } } }
        }
        """;

    private readonly TempFolder folder = new();
    private TestReceiver? web;
    private TestGateway? gateway;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await SampleMedia.PictureAsync(folder, "boat.jpg");
        await SampleMedia.PictureAsync(folder, "portrait.png");
        await SampleMedia.ClipAsync(folder);
        File.Move(await SampleMedia.SoundAsync(folder), folder["voice.wav"]);
        Directory.CreateSymbolicLink(folder["demo"], Path.Combine(RoomTests.Root(), "demo"));
        Directory.CreateSymbolicLink(
            folder["node_modules"], Path.Combine(RoomTests.Root(), "tests", "clients", "fal", "node_modules"));
        await File.WriteAllTextAsync(folder[".curlrc"], "fail-with-body\nsilent\nshow-error\n", Cancel);
        await File.WriteAllTextAsync(
            folder["rushes"], $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "Rushes.Cli.dll")}' \"$@\"\n",
            Cancel);
        File.SetUnixFileMode(folder["rushes"], UnixFileMode.UserRead | UnixFileMode.UserExecute);

        web = await TestReceiver.StartAsync((http, _) => http.Request.Path.Value switch
        {
            var path when path!.EndsWith(".png", StringComparison.Ordinal) =>
                http.Response.Body.WriteAsync(File.ReadAllBytes(folder["portrait.png"])).AsTask(),
            var path when path!.EndsWith(".mp3", StringComparison.Ordinal) =>
                http.Response.Body.WriteAsync(File.ReadAllBytes(folder["voice.wav"])).AsTask(),
            _ => Task.CompletedTask,
        });
        Directory.CreateDirectory(folder["data"]);
        await File.WriteAllTextAsync(folder["data/catalog.json"], ShortVideos, Cancel);
        gateway = await TestGateway.StartAsync(
            2, Cancel, folder["data"], new GatewayOptions { FetchAllow = "127.0.0.0/8" });
        await File.WriteAllTextAsync(folder["data/api-key"], TestGateway.Key, Cancel);
        await MakeTwelveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (gateway is not null) await gateway.DisposeAsync();
        if (web is not null) await web.DisposeAsync();
        folder.Dispose();
    }

    /// <summary>Runs a block in a shell. A rejected call fails it, and so does a failing command.</summary>
    internal async Task<Exit> RunAsync(Block block)
    {
        var file = folder[block.Language == "js" ? "block.mjs" : "block.sh"];
        await File.WriteAllTextAsync(file, Here(block.Code), Cancel);
        string[] command = block.Language == "js" ? ["node", file] : ["bash", "-euo", "pipefail", file];
        string[] environment =
        [
            $"PATH={folder.Path}:{Environment.GetEnvironmentVariable("PATH")}", $"HOME={folder.Path}", $"CURL_HOME={folder.Path}",
            $"RUSHES={Origin}", $"RUSHES_URL={Origin}",
            $"KEY={TestGateway.Key}", $"RUSHES_API_KEY={TestGateway.Key}",
        ];
        return await Tool.RunAsync("env", [.. environment, .. command], Cancel, folder.Path);
    }

    private string Origin => gateway!.Origin;

    /// <summary>Serves the addresses of the examples.</summary>
    private string Here(string code) => code
        .Replace("http://127.0.0.1:8080", Origin, StringComparison.Ordinal)
        .Replace("https://example.com", web!.Url[..^"/hook".Length], StringComparison.Ordinal)
        .Replace("https://client.example.com", web.Url[..^"/hook".Length], StringComparison.Ordinal);

    /// <summary>Creates job 12, which the pages use, and completes it.</summary>
    private async Task MakeTwelveAsync()
    {
        const string Model = "/queue/wan22-fast-t2v";
        for (var n = 1; n <= 12; n++)
        {
            await gateway!.Http.CallAsync(
                HttpMethod.Post, Model, new { prompt = "a paper boat", width = 512, height = 512, duration = 0.5 }, Cancel);
            if (n < 12) using (await gateway.Http.PutAsync($"{Model}/requests/{n}/cancel?force=true", null, Cancel)) { }
        }
        // To its end.
        await gateway!.Http.GetStringAsync($"{Model}/requests/12/status/stream", Cancel);
    }
}
