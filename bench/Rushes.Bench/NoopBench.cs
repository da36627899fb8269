using System.Diagnostics;
using System.Globalization;
using Rushes.Bench.Peers;
using Rushes.Database;
using Rushes.Database.Postgres;
using Rushes.Jobs;

namespace Rushes.Bench;

/// <summary>
/// Jobs that do nothing, claimed and completed, 64 at once: in process beside graphile-worker and pg-boss, and over the worker
/// protocol beside BullMQ's own worker. Adding the jobs is not counted.
/// </summary>
internal static class NoopBench
{
    private const int AtOnce = 64;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        await using var redis = await Redis.StartAsync(disk.New());
        await using var postgres = await Postgres.StartAsync(disk.New());
        await using var gateway = await ServerProcess.GatewayAsync(disk.New());
        var jobs = $"{plan.Noops}";
        var graphileUrl = await postgres.NewAsync();

        Side Peer(string name, string script, string command, string url) => new(name, Rounds.PerSecond, async () =>
            (await Node.RunAsync(script, command, url, jobs)).GetProperty("rate").GetDouble());
        var commits = 0.0;
        Side Own(string name, Func<Task<string>> where) => new(name, Rounds.PerSecond, async () =>
        {
            var output = (await ServerProcess.OwnOutputAsync("noops-round", await where(), jobs)).Split(' ');
            commits = Number(output[1]);
            return Number(output[0]);
        });
        var ours = Own("Rushes", () => Task.FromResult(disk.New()));
        Side flushes = new(
            "commits", value => value.ToString("0.000", CultureInfo.InvariantCulture), () => Task.FromResult(commits));
        var oursOnPostgres = Own("Rushes on PostgreSQL", postgres.NewAsync);
        Side remote = new("Rushes, worker protocol", Rounds.PerSecond, () => RemoteAsync(gateway, plan.Noops));
        var graphile = Peer("graphile-worker", "postgres.js", "graphile-worker", graphileUrl);
        var boss = Peer("pg-boss", "postgres.js", "pg-boss", graphileUrl);
        var bullmq = Peer("BullMQ", "bullmq.js", "work", Node.Shown(redis));
        await Rounds.RunAsync("no-ops", plan.Rounds, ours, flushes, oursOnPostgres, graphile, boss, remote, bullmq);
        return
        [
            Row.Of("no-op jobs, in process", ours, graphile, aim: 2),
            Row.Of("no-op jobs, PostgreSQL", oursOnPostgres, boss, aim: 5),
            Row.Of("no-op jobs, worker protocol", remote, bullmq, aim: 1),
            new Row("commits for a no-op job, in process", $"{flushes}", "", "", Row.Held(flushes.Median <= 0.1, "0.1 or less")),
        ];
    }

    /// <summary>One round in this process: prints jobs a second, and commits for a job.</summary>
    /// <param name="where">A folder, or the URL of an empty PostgreSQL database.</param>
    public static async Task MeasureAsync(string where, int count)
    {
        await using IDatabase database = PostgresUrl.IsOne(where)
            ? await PostgresDatabase.OpenAsync(PostgresUrl.Parse(where), new RetryPolicy(), TimeProvider.System)
            : await Jobs.OpenAsync(where);
        var account = await database.Accounts.EnsureAccountAsync("first", default);
        foreach (var piece in Enumerable.Range(0, count).Chunk(10_000))
            await Task.WhenAll(piece.Select(_ => database.Jobs.SubmitAsync(Jobs.New(account), default)));
        var commits = 0;
        using var follower = database.Followers.AddWrites("bench", _ => commits++);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(worker => Task.Run(async () =>
        {
            var request = new ClaimRequest($"node/{worker}", ["t2v"], TimeProvider.System.GetUtcNow().AddMinutes(10));
            while (await database.Leases.ClaimAsync(request, default) is { } lease)
            {
                var key = $"outputs/a1/{lease.Job.Id}_{lease.Fence}_wan22-fast-t2v.mp4";
                await database.Leases.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done(key, 1_000_000), default);
            }
        })));
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{count / clock.Elapsed.TotalSeconds} {(double)commits / count}"));
    }

    /// <summary>Jobs a second of a gateway that still runs: they are added first.</summary>
    private static async Task<double> RemoteAsync(ServerProcess gateway, int count)
    {
        var request = Load.Connection.Post(gateway.Address, CreateBench.Path, Jobs.Input);
        await AtOnceAsync(count, async next =>
        {
            using var connection = await Load.Connection.OpenAsync(gateway.Address);
            while (next() >= 0) await connection.SendAsync(request);
        });
        var workers = await Task.WhenAll(
            Enumerable.Range(0, AtOnce).Select(number => RemoteWorker.ConnectAsync(gateway.Address, number)));
        var free = new System.Collections.Concurrent.ConcurrentBag<RemoteWorker>(workers);
        var clock = Stopwatch.StartNew();
        await AtOnceAsync(count, async next =>
        {
            free.TryTake(out var worker);
            while (next() >= 0) await worker!.EndAsync((await worker.ClaimAsync())!);
        });
        var rate = count / clock.Elapsed.TotalSeconds;
        foreach (var worker in workers) worker.Dispose();
        return rate;
    }

    /// <param name="work">Takes numbers until one is negative.</param>
    private static Task AtOnceAsync(int count, Func<Func<int>, Task> work)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, AtOnce).Select(
            _ => Task.Run(() => work(() => Interlocked.Decrement(ref left)))));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
