using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Media;

namespace Rushes.Bench;

/// <summary>
/// One job after the other through a gateway with a ComfyUI server: what a job takes from the request until its status is
/// completed, less the server's own time. The server's file is as ComfyUI writes it: the size and length that were asked for,
/// the workflow in its metadata, and its index at the end.
/// </summary>
internal static class ComfyJobBench
{
    private const int Jobs = 100, WarmUp = 20, Milliseconds = 60;

    public static async Task<Row> RunAsync(Folders disk)
    {
        var video = await MakeVideoAsync(disk.New());
        await using var comfy = await ServerProcess.ComfyAsync(Milliseconds, video);
        await using var gateway = await ServerProcess.GatewayAsync(
            disk.New(), "--workers", "1", "--engine", $"comfyui={new Uri(comfy.Address, "1/")}");
        using var http = new HttpClient { BaseAddress = gateway.Address };
        http.DefaultRequestHeaders.Authorization = new("Bearer", ServerProcess.Key);
        var took = new Dictionary<int, double>();
        for (var turn = 0; turn < WarmUp + Jobs; turn++)
        {
            var start = Stopwatch.GetTimestamp();
            var id = await MakeAsync(http, turn);
            took[int.Parse(id, CultureInfo.InvariantCulture)] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        var runs = (await http.GetFromJsonAsync<ComfyRun[]>(new Uri(comfy.Address, "runs")))!;
        var added = runs.OrderBy(run => run.Job).Skip(WarmUp).Select(run => took[run.Job] - run.Milliseconds).Order().ToList();
        if (added.Count != Jobs) throw new InvalidOperationException($"{added.Count} prompts of {Jobs} jobs");
        var (half, most) = (added[Jobs / 2], added[Jobs * 95 / 100]);
        await Console.Error.WriteLineAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"one job at a time, {Milliseconds} ms: added {half:0.0} ms (least {added[0]:0.0} ms, p95 {most:0.0} ms)"));
        return new Row(
            $"a job through the gateway on a ComfyUI server of {Milliseconds} ms, added",
            string.Create(CultureInfo.InvariantCulture, $"{half:0.0} ms (p95 {most:0.0} ms)"), "", "",
            Row.Held(half < 30, "under 30 ms"));
    }

    private static async Task<string> MakeAsync(HttpClient http, int seed)
    {
        var input = new
        {
            prompt = "A paper boat drifting on a calm sea at sunset", width = 832, height = 480, duration = 5, seed,
        };
        using var created = await http.PostAsJsonAsync("queue/wan22-fast-t2v", input);
        created.EnsureSuccessStatusCode();
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("request_id").GetString()!;
        using var stream = await http.GetStreamAsync(
            new Uri($"queue/wan22-fast-t2v/requests/{id}/status/stream", UriKind.Relative));
        using var lines = new StreamReader(stream);
        while (await lines.ReadLineAsync() is { } line)
        {
            if (line.Contains("COMPLETED", StringComparison.Ordinal)) return id;
            if (line.Contains("FAILED", StringComparison.Ordinal)) throw new InvalidOperationException(line);
        }
        throw new InvalidOperationException($"the status of {id} ended");
    }

    /// <summary>A video of 832x480 and five seconds as ComfyUI writes it.</summary>
    public static async Task<string> MakeVideoAsync(string folder)
    {
        const string Name = "comfy.mp4";
        var format = new VideoFormat(832, 480, 80, 16);
        var pixels = Path.Combine(folder, "pixels");
        await File.WriteAllBytesAsync(pixels, new byte[format.Pixels * 3 / 2 * format.Frames]);
        var exit = await Ffmpeg.RunAsync(
            new FfmpegRun(
                [FfmpegInput.OfPixels("pixels", "yuv420p", new Size(format.Width, format.Height), format.Rate)],
                [
                    "-vf", "noise=alls=6:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-metadata", "prompt={}",
                    "-movflags", "use_metadata_tags", Name,
                ]) { Folder = folder, EncodedPixels = format.Pixels }, default);
        return exit.Ok ? Path.Combine(folder, Name) : throw new InvalidOperationException(exit.Errors);
    }
}
