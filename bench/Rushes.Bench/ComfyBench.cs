using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Rushes.Jobs;

namespace Rushes.Bench;

/// <summary>Many jobs on many ComfyUI servers at once: that none is lost and none made twice, and what a job takes beside the server's own time.</summary>
internal static class ComfyBench
{
    private const int Jobs = 2_000;

    private const int Servers = 64;

    public static async Task<IEnumerable<Row>> RunAsync(Folders disk)
    {
        var rows = new List<Row>();
        foreach (var milliseconds in new[] { 0, 20, 250 }) rows.Add(await RunAsync(milliseconds, disk));
        return rows;
    }

    private static async Task<Row> RunAsync(int milliseconds, Folders disk)
    {
        await using var server = await ServerProcess.ComfyAsync(milliseconds);
        var (workflows, catalog, scratch) = (WorkflowReader.Read(null), CatalogReader.Read(null), disk.New());
        var engines = Enumerable.Range(1, Servers).Select(slot => new ComfyEngine(
            new ComfyOptions { Server = new Uri(server.Address, $"{slot}/") }, workflows, catalog, TimeProvider.System, NullLogger<ComfyEngine>.Instance)).ToList();
        var model = catalog.Find("wan22-fast-t2v")!;
        var format = new VideoFormat(832, 480, 80, 16);
        var input = JobInput.Parse("""{"prompt": "A paper boat drifting on a calm sea at sunset", "seed": 7}""");
        try
        {
            await Task.WhenAll(engines.Select(engine => engine.ReadyAsync(default)));
            // Numbers past the last are for warming up.
            await Task.WhenAll(engines.Select(async (engine, at) =>
            {
                for (var turn = 0; turn < 4; turn++) await MakeAsync(engine, Jobs + 1 + at * 4 + turn);
            }));

            var next = 0;
            var watch = Stopwatch.StartNew();
            var times = (await Task.WhenAll(engines.Select(engine => Task.Run(async () =>
            {
                var took = new List<double>();
                for (int id; (id = Interlocked.Increment(ref next)) <= Jobs;) took.Add(await MakeAsync(engine, id) - milliseconds);
                return took;
            })))).SelectMany(took => took).Order().ToList();
            var seconds = watch.Elapsed.TotalSeconds;

            using var http = new HttpClient();
            var made = (await http.GetFromJsonAsync<string[]>(new Uri(server.Address, "jobs")))!.Select(id => int.Parse(id, CultureInfo.InvariantCulture)).Where(id => id <= Jobs).ToList();
            if (made.Count != Jobs || made.Distinct().Count() != Jobs || times.Count != Jobs) throw new InvalidOperationException($"{made.Count} prompts of {made.Distinct().Count()} jobs, {times.Count} videos");
            var (half, most) = (times[Jobs / 2], times[Jobs * 99 / 100]);
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"comfy, {milliseconds} ms: added p50 {half:0.0} ms, p99 {most:0.0} ms, {Jobs / seconds:0} jobs/s"));
            return new Row(
                $"2,000 jobs on 64 ComfyUI servers, {milliseconds} ms each; none lost, none twice",
                string.Create(CultureInfo.InvariantCulture, $"{half:0.0} ms added (p99 {most:0.0} ms), {Jobs / seconds:0} jobs/s"), "", "",
                milliseconds == 250 ? Row.Held(half < 5, "under 5 ms") : "");
        }
        finally
        {
            foreach (var engine in engines) engine.Dispose();
        }

        async Task<double> MakeAsync(ComfyEngine engine, int id)
        {
            var folder = Directory.CreateDirectory(Path.Combine(scratch, id.ToString(CultureInfo.InvariantCulture))).FullName;
            var start = Stopwatch.GetTimestamp();
            EngineEvent? last = null;
            await foreach (var told in engine.RunAsync(new EngineJob(id, model, new RenderPlan(format, format), input, new Dictionary<string, string>()), folder, default)) last = told;
            return last is EngineEvent.Output ? Stopwatch.GetElapsedTime(start).TotalMilliseconds : throw new InvalidOperationException($"{last}");
        }
    }
}
