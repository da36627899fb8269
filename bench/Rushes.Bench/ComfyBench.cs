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

    private static readonly VideoFormat Format = new(832, 480, 80, 16);

    private static readonly ModelCatalog Models = CatalogReader.Read(null);

    private static readonly WorkflowSet Workflows = WorkflowReader.Read(null);

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        var rows = new List<Row>();
        foreach (var milliseconds in new[] { 0, 20, 250 }) rows.AddRange(await RunAsync(milliseconds, plan, disk));
        return rows;
    }

    private static async Task<IEnumerable<Row>> RunAsync(int milliseconds, Plan plan, Folders disk)
    {
        var scratch = disk.New();
        var (bare, ours) = (new List<Figures>(), new List<Figures>());
        Side Half(string name, List<Figures> all, Func<Task<Figures>> measure) => new(name, Rounds.Milliseconds, async () =>
        {
            all.Add(await measure());
            return all[^1].Half;
        });
        static Side Tail(string name, List<Figures> all) =>
            new(name, Rounds.Milliseconds, () => Task.FromResult(all[^1].Most));
        var bareHalf = Half("bare client", bare, () => BareAsync(milliseconds, scratch));
        var bareTail = Tail("bare client", bare);
        var half = Half("Rushes", ours, () => OursAsync(milliseconds, scratch));
        var tail = Tail("Rushes", ours);
        await Rounds.RunAsync($"comfy, {milliseconds} ms", plan.Rounds, bareHalf, bareTail, half, tail);
        await Console.Error.WriteLineAsync($"comfy, {milliseconds} ms, last round: {ours[^1]}; bare client {bare[^1]}");
        var what = $"{Jobs:N0} jobs on {Servers} ComfyUI servers, {milliseconds} ms each; none lost, none twice";
        string Aim(Side mine, Side other) =>
            milliseconds == 250 ? Row.Held(mine.Median <= other.Median + 2, "the bare client's + 2 ms or less") : "";
        return
        [
            Row.OfTimes($"{what}: added", half, bareHalf) with { Aim = Aim(half, bareHalf) },
            Row.OfTimes($"the same, {milliseconds} ms: 99th percentile", tail, bareTail) with { Aim = Aim(tail, bareTail) },
        ];
    }

    private static EngineJob Job(int id) => new(
        id, Models.Find("wan22-fast-t2v")!, new RenderPlan(Format, Format),
        JobInput.Parse("""{"prompt": "A paper boat drifting on a calm sea at sunset", "seed": 7}"""),
        new Dictionary<string, string>());

    private static async Task<Figures> BareAsync(int milliseconds, string scratch)
    {
        await using var server = await ServerProcess.ComfyAsync(milliseconds);
        var clients = await Task.WhenAll(
            Enumerable.Range(1, Servers).Select(slot => BareComfyClient.ConnectAsync(new Uri(server.Address, $"{slot}/"))));
        var workflow = Workflows.For(Job(1))!;
        var figures = await MeasureAsync(server, clients.Select(client => (Func<int, Task>)(id =>
            client.MakeAsync(
                Filling.Fill(workflow, Job(id), new Dictionary<string, string>(), $"rushes/{id}-bare").ToJsonString(),
                Path.Combine(scratch, $"{id}.mp4")))));
        foreach (var client in clients) client.Dispose();
        return figures;
    }

    private static async Task<Figures> OursAsync(int milliseconds, string scratch)
    {
        await using var server = await ServerProcess.ComfyAsync(milliseconds);
        var engines = Enumerable.Range(1, Servers).Select(slot => new ComfyEngine(
            new ComfyOptions { Server = new Uri(server.Address, $"{slot}/") }, Workflows, Models, TimeProvider.System,
            NullLogger<ComfyEngine>.Instance)).ToList();
        await Task.WhenAll(engines.Select(engine => engine.ReadyAsync(default)));
        var figures = await MeasureAsync(
            server, engines.Select(engine => (Func<int, Task>)(id => RunAsync(engine, Job(id), scratch))));
        foreach (var engine in engines) await engine.DisposeAsync();
        return figures;
    }

    private static async Task RunAsync(ComfyEngine engine, EngineJob job, string scratch)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, $"{job.Id}")).FullName;
        EngineEvent? last = null;
        await foreach (var update in engine.RunAsync(job, folder, default)) last = update;
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
