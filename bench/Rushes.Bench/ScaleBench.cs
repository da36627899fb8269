using System.Diagnostics;
using System.Globalization;
using Rushes.Bench.Load;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Bench;

/// <summary>
/// What ten times as many queued jobs, accounts, lanes or workers cost: of each a create and a claim with its completion in
/// process; of jobs also over HTTP, with start and memory.
/// </summary>
internal static class ScaleBench
{
    private const int Base = 1_000, Measured = 5_120, AtOnce = 64;

    /// <summary>Small numbers of the rest, while one of them grows.</summary>
    private static readonly Size Small = new(Base, 10, 4, 64);

    public static async Task<(IEnumerable<Row> Rows, IEnumerable<Plot> Plots)> RunAsync(Plan plan, Folders disk)
    {
        int[] steps = [.. plan.Steps];
        int[] few = [1, 10, 100, 1_000];
        var jobs = await GrowAsync("queued jobs", steps, count => Small with { Jobs = count }, plan, disk);
        var accounts = await GrowAsync(
            "accounts", [10, 100, 1_000, 10_000], count => Small with { Accounts = count }, plan, disk);
        var lanes = await GrowAsync("lanes", few, count => Small with { Lanes = count }, plan, disk);
        var workers = await GrowAsync("workers", few, count => Small with { Workers = count }, plan, disk);
        var http = await OverHttpAsync(plan, disk);
        Growth[] all = [jobs, accounts, lanes, workers];
        return (
            [.. all.SelectMany(growth => growth.Rows), .. http.Rows],
            [
                Plot.Lines(
                    "scale-jobs", "Microseconds of a create and of a claim with completion, in process, by queued jobs",
                    jobs.Lines),
                Plot.Lines(
                    "scale-others", "Microseconds of a claim with completion, in process, by accounts, lanes and workers",
                    [accounts.Lines[1], lanes.Lines[1], workers.Lines[1]]),
                .. http.Plots,
            ]);
    }

    /// <summary>One round in this process: prints the microseconds of a create and of a claim with its completion.</summary>
    public static async Task MeasureAsync(string folder, Size size)
    {
        await using var database = await Jobs.OpenAsync(folder);
        var accounts = new List<int>();
        for (var i = 0; i < size.Accounts; i += 100)
            accounts.AddRange(await Task.WhenAll(
                Enumerable.Range(i, Math.Min(100, size.Accounts - i))
                    .Select(number => database.Accounts.EnsureAccountAsync($"account{number}", default))));
        NewJob Job(int number) => Jobs.New(accounts[number % accounts.Count]) with
        {
            Lane = $"lane{number % size.Lanes}", Weight = 1,
        };
        foreach (var piece in Enumerable.Range(0, size.Jobs).Chunk(20_000))
            await Task.WhenAll(piece.Select(number => database.Jobs.SubmitAsync(Job(number), default)));

        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Measured).Select(number => database.Jobs.SubmitAsync(Job(number), default)));
        var create = clock.Elapsed.TotalMicroseconds / Measured;

        clock.Restart();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(first => Task.Run(async () =>
        {
            for (var run = first; run < Measured; run += AtOnce)
            {
                var until = TimeProvider.System.GetUtcNow().AddMinutes(10);
                var request = new ClaimRequest($"node/{run % size.Workers}", [$"lane{run % size.Lanes}"], until);
                if (await database.Leases.ClaimAsync(request, default) is not { } lease) continue;
                var key = $"outputs/a1/{lease.Job.Id}_{lease.Fence}_wan22-fast-t2v.mp4";
                await database.Leases.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done(key, 1_000_000), default);
            }
        })));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{create} {clock.Elapsed.TotalMicroseconds / Measured}"));
    }

    private static async Task<Growth> GrowAsync(string of, int[] steps, Func<int, Size> size, Plan plan, Folders disk)
    {
        var (creates, claims) = (new List<Side>(), new List<Side>());
        foreach (var step in steps)
        {
            var claim = 0.0;
            creates.Add(new Side($"{step:N0}", Rounds.Microseconds, async () =>
            {
                var (jobs, accounts, lanes, workers) = size(step);
                var data = disk.New();
                var output = await ServerProcess.OwnOutputAsync(
                    "scale-round", data, $"{jobs}", $"{accounts}", $"{lanes}", $"{workers}");
                Directory.Delete(data, recursive: true);
                claim = double.Parse(output.Split(' ')[1], CultureInfo.InvariantCulture);
                return double.Parse(output.Split(' ')[0], CultureInfo.InvariantCulture);
            }));
            claims.Add(new Side($"{step:N0}, claim", Rounds.Microseconds, () => Task.FromResult(claim)));
        }
        await Rounds.RunAsync(
            $"scale, {of}", plan.ScaleRounds, [.. creates.Zip(claims).SelectMany(pair => (Side[])[pair.First, pair.Second])]);
        return new Growth(
            [
                Row.OfGrowth($"create, {steps[^1]:N0} {of}", creates),
                Row.OfGrowth($"claim and completion, {steps[^1]:N0} {of}", claims),
            ],
            [LineOf($"create, {of}", steps, creates), LineOf(of == "queued jobs" ? $"claim, {of}" : of, steps, claims)]);
    }

    private static async Task<Growth> OverHttpAsync(Plan plan, Folders disk)
    {
        var (starts, memories, statuses) = (new List<Side>(), new List<Side>(), new List<Side>());
        foreach (var backlog in plan.Steps)
        {
            var data = disk.New();
            await Jobs.FillAsync(data, backlog);
            var (memory, status) = (0L, 0.0);
            starts.Add(new Side($"{backlog:N0}", Rounds.Seconds, async () =>
            {
                (var seconds, memory) = await StartupBench.StartAsync(data);
                await using var gateway = await ServerProcess.GatewayAsync(data);
                string[] load =
                    ["get", "/queue/wan22-fast-t2v/requests/", "/status", ServerProcess.Key, $"{backlog}"];
                await Wrk.RunAsync(gateway.Address, plan.Seconds, load);
                status = (await Wrk.RunAsync(gateway.Address, plan.Seconds, load)).Half;
                return seconds;
            }));
            memories.Add(new Side($"{backlog:N0}, memory", Rounds.Megabytes, () => Task.FromResult((double)memory)));
            statuses.Add(new Side($"{backlog:N0}, status", Rounds.Milliseconds, () => Task.FromResult(status)));
        }
        await Rounds.RunAsync("scale, HTTP", plan.ScaleRounds, [.. starts.Zip(memories, statuses)
            .SelectMany(each => (Side[])[each.First, each.Second, each.Third])]);
        int[] steps = [.. plan.Steps];
        return new Growth(
            [
                Row.OfGrowth($"ready after start, {steps[^1]:N0} queued jobs", starts),
                Row.OfGrowth($"memory then, {steps[^1]:N0} queued jobs", memories),
                Row.OfGrowth($"median of a status, {steps[^1]:N0} queued jobs", statuses),
            ],
            [])
        {
            Plots =
            [
                Plot.Lines("scale-start", "Seconds until a gateway is ready, by queued jobs", [LineOf("ready", steps, starts)]),
                Plot.Lines("scale-status", "Milliseconds of a status at 64 connections, by queued jobs",
                    [LineOf("status", steps, statuses)]),
            ],
        };
    }

    private static Line LineOf(string name, int[] steps, List<Side> sides) =>
        new(name, [.. steps.Zip(sides, (step, side) => ((double)step, side.Median))]);

    public sealed record Size(int Jobs, int Accounts, int Lanes, int Workers);

    private sealed record Growth(IReadOnlyList<Row> Rows, IReadOnlyList<Line> Lines)
    {
        public IReadOnlyList<Plot> Plots { get; init; } = [];
    }
}
