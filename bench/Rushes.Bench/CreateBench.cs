using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Rushes.Bench.Load;
using Rushes.Bench.Peers;
using Rushes.Database.Sqlite;

namespace Rushes.Bench;

/// <summary>Durable creates: beside Fastify with BullMQ, Kestrel alone, the database alone and the disk alone.</summary>
internal static class CreateBench
{
    public const string Path = "/queue/wan22-fast-t2v";

    private const int Callers = 64;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        await using var bare = await ServerProcess.BareAsync();
        await using var redis = await Redis.StartAsync(disk.New());
        await using var peer = await Node.BullMqAsync(redis);
        var data = disk.New();
        await using var gateway = await ServerProcess.GatewayAsync(data);
        await using var database = await Jobs.OpenAsync(disk.New());
        var account = await database.Accounts.EnsureAccountAsync("first", default);
        var floor = disk.New();

        Task<Answered> Post(ServerProcess server, string path, int seconds) =>
            Wrk.RunAsync(server.Address, seconds, "post", path, ServerProcess.Key);
        TimedSide kestrel = new("bare Kestrel", seconds => Post(bare, "/json", seconds));
        TimedSide bullmq = new("Fastify + BullMQ", seconds => Post(peer, "/jobs", seconds));
        TimedSide ours = new("Rushes", seconds => Post(gateway, Path, seconds));
        var perSecond = Rounds.PerSecond;
        Side commits = new("group commit alone", perSecond, () => CommitAsync(database, account, plan.Seconds));
        Side sqlite = new("SQLite alone", perSecond, () => Floors.SqliteAsync(disk.New(), plan.Seconds));
        Side appends = new("a file alone", perSecond, () => Floors.AppendsAsync(floor, plan.Seconds));
        Side flushes = new("fdatasync", perSecond, () => Floors.FlushesAsync(floor, plan.Seconds));

        foreach (var side in (TimedSide[])[kestrel, bullmq, ours]) await side.WarmAsync(plan);
        await Rounds.RunAsync(
            "create", plan.Rounds, kestrel.Rate(plan), bullmq.Rate(plan), ours.Rate(plan), commits, sqlite, appends, flushes);
        const string What = "durable creates, 64 connections";
        return
        [
            Row.Of(What, ours.Rate(plan), bullmq.Rate(plan), aim: 2.8),
            Row.Of(What, ours.Rate(plan), kestrel.Rate(plan), aim: 0.5),
            Row.Of(What, ours.Rate(plan), commits),
            Row.Of(What, ours.Rate(plan), sqlite),
            Row.Of(What, ours.Rate(plan), appends),
            Row.Of(What, ours.Rate(plan), flushes),
            Row.OfTimes("99th percentile meanwhile, each at its own rate", ours.Tail, bullmq.Tail, aim: 1),
            await CrashAsync(gateway, data, plan),
        ];
    }

    /// <summary>Kills the gateway while it takes jobs, and looks for each job that it had answered for.</summary>
    private static async Task<Row> CrashAsync(ServerProcess gateway, string data, Plan plan)
    {
        var connections = await Connection.OpenAsync(gateway.Address, Callers);
        var request = Connection.Post(gateway.Address, Path, Jobs.Input);
        var sending = connections.Select(connection => Task.Run(async () =>
        {
            var ids = new List<long>();
            try
            {
                while (true)
                {
                    var answer = Encoding.UTF8.GetString((await connection.SendAsync(request)).Span);
                    var id = JsonElement.Parse(answer).GetProperty("request_id").GetString()!;
                    ids.Add(long.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
                }
            }
            catch (Exception error) when (error is System.Net.Sockets.SocketException or InvalidOperationException)
            {
                return ids;
            }
        })).ToArray();
        await Task.Delay(TimeSpan.FromSeconds(plan.Seconds));
        await gateway.KillAsync();
        var answered = (await Task.WhenAll(sending)).SelectMany(ids => ids).ToList();
        foreach (var connection in connections) connection.Dispose();

        await using var database = await Jobs.OpenAsync(data);
        var kept = new HashSet<long>();
        await foreach (var job in database.Jobs.ReadLiveAsync(default)) kept.Add(job.Id);
        var lost = answered.Count(id => !kept.Contains(id));
        return new Row(
            "jobs lost by kill -9 during creates", $"{lost} of {answered.Count:N0} answered", "", "", Row.Held(lost == 0, "0"));
    }

    private static async Task<double> CommitAsync(SqliteDatabase database, int account, int seconds)
    {
        var input = $$"""{"prompt": "{{new string('a', 1000)}}", "seed": 7}""";
        var clock = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            for (; clock.Elapsed.TotalSeconds < seconds; count++)
                await database.Jobs.SubmitAsync(Jobs.New(account, input), default);
            return count;
        })));
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }
}
