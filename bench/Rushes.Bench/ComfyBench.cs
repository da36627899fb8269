using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Rushes.Jobs;

namespace Rushes.Bench;

/// <summary>
/// Many jobs on many ComfyUI servers at once: that none is lost and none made twice, and what a job takes beside the server's
/// own time, against a client that makes the same calls and nothing else.
/// </summary>
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
        var (workflows, catalog, scratch) = (WorkflowReader.Read(null), CatalogReader.Read(null), disk.New());
        var format = new VideoFormat(832, 480, 80, 16);
        EngineJob Job(int id) => new(
            id, catalog.Find("wan22-fast-t2v")!, new RenderPlan(format, format),
            JobInput.Parse("""{"prompt": "A paper boat drifting on a calm sea at sunset", "seed": 7}"""),
            new Dictionary<string, string>());

        Figures bare, ours;
        await using (var server = await ServerProcess.ComfyAsync(milliseconds))
        {
            var clients = await Task.WhenAll(
                Enumerable.Range(1, Servers).Select(slot => BareComfyClient.ConnectAsync(new Uri(server.Address, $"{slot}/"))));
            var workflow = workflows.For(Job(1))!;
            bare = await MeasureAsync(server, clients.Select(client => (Func<int, Task>)(id =>
                client.MakeAsync(
                    Filling.Fill(workflow, Job(id), new Dictionary<string, string>(), $"rushes/{id}-bare").ToJsonString(),
                    Path.Combine(scratch, $"{id}.mp4")))));
            foreach (var client in clients) client.Dispose();
        }
        await using (var server = await ServerProcess.ComfyAsync(milliseconds))
        {
            var engines = Enumerable.Range(1, Servers).Select(slot => new ComfyEngine(
                new ComfyOptions { Server = new Uri(server.Address, $"{slot}/") }, workflows, catalog, TimeProvider.System,
                NullLogger<ComfyEngine>.Instance)).ToList();
            await Task.WhenAll(engines.Select(engine => engine.ReadyAsync(default)));
            ours = await MeasureAsync(
                server, engines.Select(engine => (Func<int, Task>)(id => RunAsync(engine, Job(id), scratch))));
            foreach (var engine in engines) await engine.DisposeAsync();
        }
        await Console.Error.WriteLineAsync($"comfy, {milliseconds} ms: added {ours}; bare client {bare}");
        return new Row(
            $"2,000 jobs on 64 ComfyUI servers, {milliseconds} ms each; none lost, none twice", $"{ours}", $"bare client: {bare}",
            (bare.Half / ours.Half).ToString("0.00", CultureInfo.InvariantCulture),
            milliseconds == 250 ? Row.Held(ours.Half < 5, "under 5 ms") : "");
    }

    private static async Task RunAsync(ComfyEngine engine, EngineJob job, string scratch)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, $"{job.Id}")).FullName;
        EngineEvent? last = null;
        await foreach (var told in engine.RunAsync(job, folder, default)) last = told;
        if (last is not EngineEvent.Output) throw new InvalidOperationException($"{last}");
    }

    private static async Task<Figures> MeasureAsync(ServerProcess server, IEnumerable<Func<int, Task>> makers)
    {
        var all = makers.ToList();
        // Numbers past the last are for warming up.
        await Task.WhenAll(all.Select(async (make, at) =>
        {
            for (var turn = 0; turn < 8; turn++) await make(Jobs + 1 + at * 8 + turn);
        }));

        var next = 0;
        var (own, servers, watch) = (Environment.CpuUsage.TotalTime, server.Processor, Stopwatch.StartNew());
        var took = new double[Jobs + 1];
        await Task.WhenAll(all.Select(make => Task.Run(async () =>
        {
            for (int id; (id = Interlocked.Increment(ref next)) <= Jobs;)
            {
                var start = Stopwatch.GetTimestamp();
                await make(id);
                took[id] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }
        })));
        var (seconds, mine, theirs) =
            (watch.Elapsed.TotalSeconds, Environment.CpuUsage.TotalTime - own, server.Processor - servers);

        using var http = new HttpClient();
        var made = (await http.GetFromJsonAsync<ComfyRun[]>(new Uri(server.Address, "runs")))!.Where(
            run => run.Job <= Jobs).ToList();
        if (made.Count != Jobs || made.DistinctBy(run => run.Job).Count() != Jobs)
            throw new InvalidOperationException($"{made.Count} prompts of {made.DistinctBy(run => run.Job).Count()} jobs");
        var times = made.Select(run => took[run.Job] - run.Milliseconds).Order().ToList();
        return new Figures(
            times[Jobs / 2], times[Jobs * 99 / 100], Jobs / seconds, mine.TotalMilliseconds / Jobs,
            theirs.TotalMilliseconds / Jobs);
    }

    /// <param name="Half">Milliseconds that half of the jobs took at most, beside the server's time.</param>
    /// <param name="Own">Of the processors, in milliseconds a job; <paramref name="Server"/> likewise, of the stand-ins.</param>
    private sealed record Figures(double Half, double Most, double PerSecond, double Own, double Server)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Half:0.0} ms (p99 {Most:0.0} ms), {PerSecond:0} jobs/s, "
                + $"processor {Own:0.0} ms a job and {Server:0.0} ms for the server");
    }
}
