using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Media;

namespace Rushes.Bench;

/// <summary>
/// How long a ComfyUI server is idle between two jobs while others are queued: from the end of a prompt to the start of the next
/// one, as the server sees it. Each job has a picture to upload and a result of 4 MB to fetch and deliver.
/// </summary>
internal static class GapBench
{
    private const int WarmUp = 3, Aim = 50;

    public static async Task<IEnumerable<Row>> RunAsync(Folders disk)
    {
        var video = await ComfyJobBench.MakeVideoAsync(disk.New());
        var rows = new List<Row>();
        foreach (var slots in new[] { 1, 2 })
        {
            rows.Add(await MeasureAsync(disk, video, slots, "copied", jobs: 40, milliseconds: 250));
            // A prompt takes longer than the encode, as it does on a GPU.
            rows.Add(await MeasureAsync(disk, video, slots, "encoded", jobs: 8, milliseconds: 5000, scale: 720));
        }
        return rows;
    }

    /// <param name="scale">The shorter side to scale the results to, which has to encode them.</param>
    private static async Task<Row> MeasureAsync(
        Folders disk, string video, int slots, string what, int jobs, int milliseconds, int? scale = null)
    {
        await using var comfy = await ServerProcess.ComfyAsync(milliseconds, video);
        var data = disk.New();
        // ffmpeg makes the results larger, not the server.
        await File.WriteAllTextAsync(Path.Combine(data, "catalog.json"), """{ "families": { "seedvr2": null } }""");
        await using var gateway = await ServerProcess.GatewayAsync(
            data, "--workers", $"{slots}", "--engine", $"comfyui={new Uri(comfy.Address, "1/")}");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", ServerProcess.Key);
        var ids = new List<string>();
        var picture = await PictureAsync(data);
        for (var number = 0; number < jobs; number++) ids.Add(await CreateAsync(http, picture, scale));
        foreach (var id in ids) await WaitAsync(http, id);

        var runs = (await http.GetFromJsonAsync<ComfyRun[]>(new Uri(comfy.Address, "runs")))!.OrderBy(run => run.Began).ToList();
        if (runs.Count != jobs) throw new InvalidOperationException($"{runs.Count} prompts of {jobs} jobs");
        var gaps = runs.Zip(runs.Skip(1), (one, next) => next.Began - one.Ended).Skip(WarmUp).Order().ToList();
        var (half, most) = (gaps[gaps.Count / 2], gaps[gaps.Count * 95 / 100]);
        await Console.Error.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"{slots} slots, {what}: {half:0.0} ms (p95 {most:0.0} ms)"));
        var name = $"idle gap of a ComfyUI server between queued jobs, {slots} slot{(slots == 1 ? "" : "s")}, results {what}";
        return new Row(
            name, string.Create(CultureInfo.InvariantCulture, $"{half:0.0} ms (p95 {most:0.0} ms)"), "", "",
            slots == 2 ? Row.Held(half < Aim, $"under {Aim} ms") : "");
    }

    private static async Task<string> CreateAsync(HttpClient http, string picture, int? scale)
    {
        var input = new Dictionary<string, object> { ["prompt"] = "A paper boat", ["data_uri"] = picture, ["duration"] = 5 };
        if (scale is { } lines) input["new_resolution"] = lines;
        using var created = await http.PostAsJsonAsync("queue/wan22-fast-i2v", input);
        created.EnsureSuccessStatusCode();
        return (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("request_id").GetString()!;
    }

    private static async Task<string> PictureAsync(string folder)
    {
        const string name = "picture.png";
        var exit = await Ffmpeg.RunAsync(
            new FfmpegRun(
                [],
                [
                    "-f", "lavfi", "-i", "testsrc=s=832x480:d=1:r=1", "-frames:v", "1", name,
                ]) { Folder = folder, EncodedPixels = 832 * 480 }, default);
        if (!exit.Ok) throw new InvalidOperationException(exit.Errors);
        return Convert.ToBase64String(await File.ReadAllBytesAsync(Path.Combine(folder, name)));
    }

    private static async Task WaitAsync(HttpClient http, string id)
    {
        using var stream = await http.GetStreamAsync(
            new Uri($"queue/wan22-fast-i2v/requests/{id}/status/stream", UriKind.Relative));
        using var lines = new StreamReader(stream);
        while (await lines.ReadLineAsync() is { } line)
        {
            if (line.Contains("COMPLETED", StringComparison.Ordinal)) return;
            if (line.Contains("FAILED", StringComparison.Ordinal)) throw new InvalidOperationException(line);
        }
        throw new InvalidOperationException($"the status of {id} ended");
    }
}
