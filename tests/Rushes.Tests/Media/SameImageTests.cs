using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Server.Settings;
using Rushes.Tests.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Media;

/// <summary>
/// Pictures sent to a whole gateway: the same upright picture, in the same colours, is what each kind of engine works with.
/// </summary>
public sealed class SameImageTests : IDisposable
{
    private const string Background = "808080", Yellow = "f0be28";

    private static readonly Picture[] Pictures =
    [
        new("a WebP on its side", Case("orientation6.webp"), (320, 480), ["1414e6", "e61414", "14c814", "f5f5f5"]),
        new("a cut-out", Case("hidden-magenta.png"), (480, 480), [Background, Background, Background, Background], Yellow),
        new("CMYK without a marker", ImageFiles.Cmyk(withMarker: false), (720, 480), ["009ae4", "fff000", "0c0112", "e70012"]),
        new("Display P3", ImageFiles.DisplayP3(), (720, 480), ["d85d18", "d85d18", "d85d18", "d85d18"], "d85d18"),
    ];

    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_draft_engine_shows_it()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        foreach (var picture in Pictures)
        {
            var video = await Pixels.ReadAsync(await MakeAsync(gateway, picture), Cancel);
            Assert.Equal(picture.Video, video.Size);
            // The camera starts near the picture's edges, and the mark of a draft is in a corner.
            picture.Check(video, 0.3, 12);
        }
    }

    [Fact]
    public async Task A_local_program_gets_it()
    {
        await File.WriteAllTextAsync(folder["copy.json"], $$"""
            {
              "programs": {
                "copy": {
                  "serves": ["wan22-fast-i2v"],
                  "program": "ffmpeg",
                  "arguments": ["-v", "error", "-nostdin", "-loop", "1", "-r", "{fps}", "-i", "{file:data_uri}",
                    "-frames:v", "{frames}",
                    "-c:v", "libx264", "-preset", "ultrafast", "-crf", "1", "-pix_fmt", "yuv444p", "{output}"],
                  "drawing": { "framesMultiple": 4, "sidesMultiple": 2 },
                  "stages": [{ "name": "copy", "tasks": 1, "ends": "done" }],
                  "limits": { "start": 60, "idle": 60, "total": 600 }
                }
              }
            }
            """, Cancel);
        await using var gateway = await TestGateway.StartAsync(
            1, Cancel, options: new GatewayOptions { Engine = $"process={folder["copy.json"]}" });
        foreach (var picture in Pictures)
        {
            var video = await Pixels.ReadAsync(await MakeAsync(gateway, picture), Cancel);
            Assert.Equal(picture.Video, video.Size);
            picture.Check(video, 0.2, 12);
        }
    }

    [Fact]
    public async Task A_ComfyUI_server_gets_it()
    {
        await using var stub = await ComfyStub.StartAsync(Cancel);
        await using var gateway = await TestGateway.StartAsync(
            1, Cancel, options: new GatewayOptions { Engine = $"comfyui={stub.Url}" });
        foreach (var picture in Pictures)
        {
            await MakeAsync(gateway, picture);
            Assert.True(stub.Uploaded.TryDequeue(out var uploaded));
            picture.Check(await Pixels.ReadAsync(uploaded, Cancel), 0.2, 8);
        }
    }

    [Fact]
    public async Task What_no_picture_can_be_made_of_is_rejected()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var png = ImageFiles.Quarters();
        Assert.Contains(
            "data_uri is cut off; send the whole file", await RejectedAsync(png[..(png.Length / 2)]), StringComparison.Ordinal);
        Assert.Contains(
            "data_uri is an HTML page, not a picture; send JPEG, PNG or WebP",
            await RejectedAsync([.. "<!DOCTYPE html><html></html>"u8]), StringComparison.Ordinal);
        Assert.Contains(
            "data_uri is a GIF picture; send JPEG, PNG or WebP",
            await RejectedAsync([.. "GIF89a"u8, .. new byte[50]]), StringComparison.Ordinal);

        async Task<string> RejectedAsync(byte[] file)
        {
            using var answer = await gateway.Http.PostAsJsonAsync(
                "/queue/wan22-fast-i2v", new { prompt = "a", data_uri = Convert.ToBase64String(file) }, Cancel);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            return await answer.Content.ReadAsStringAsync(Cancel);
        }
    }

    private static byte[] Case(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Media", "Cases", name));

    private async Task<string> MakeAsync(TestGateway gateway, Picture picture)
    {
        using var created = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-i2v",
            new { prompt = "Hold still", seed = 1, duration = 0.5, data_uri = Convert.ToBase64String(picture.File) }, Cancel);
        Assert.True(created.IsSuccessStatusCode, $"{picture.Name}: {await created.Content.ReadAsStringAsync(Cancel)}");
        var request = await created.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        var ended = await Eventually.EndedAsync(
            gateway.Http, request.GetProperty("request_id").GetString()!, Cancel, "wan22-fast-i2v");
        Assert.Equal("COMPLETED", ended.GetProperty("status").GetString());
        var result = await gateway.Http.GetFromJsonAsync<JsonElement>(request.GetProperty("response_url").GetString(), Cancel);
        var path = folder[$"{Guid.NewGuid():n}.mp4"];
        await File.WriteAllBytesAsync(path, result.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64(), Cancel);
        return path;
    }

    /// <param name="Video">Its size.</param>
    /// <param name="Quarters">Colours clockwise from the top left.</param>
    /// <param name="Middle">The colour in the middle; null where quarters meet.</param>
    private sealed record Picture(
        string Name, byte[] File, (int Width, int Height) Video, string[] Quarters, string? Middle = null)
    {
        /// <param name="inset">How far from the edges the quarters are looked at.</param>
        public void Check(Pixels pixels, double inset, int tolerance)
        {
            if (Middle is not null) pixels.Check(0.5, 0.5, Middle, tolerance);
            inset = Middle == Yellow ? 0.1 : inset;
            pixels.Check(inset, inset, Quarters[0], tolerance);
            pixels.Check(1 - inset, inset, Quarters[1], tolerance);
            pixels.Check(1 - inset, 1 - inset, Quarters[2], tolerance);
            pixels.Check(inset, 1 - inset, Quarters[3], tolerance);
        }
    }
}
