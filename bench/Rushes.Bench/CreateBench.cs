using System.Diagnostics;
using Rushes.Database.Sqlite;

namespace Rushes.Bench;

/// <summary>Durable creates, against Kestrel alone and the database alone.</summary>
internal static class CreateBench
{
    private const int Callers = 64;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        await using var bare = await ServerProcess.BareAsync();
        await using var gateway = await ServerProcess.GatewayAsync(disk.New());
        await using var database = await Jobs.OpenAsync(disk.New());
        var account = await database.Accounts.EnsureAccountAsync("first", default);

        Task<double> Post(ServerProcess server, string path, int seconds) =>
            Wrk.RunAsync(server.Address, seconds, "post", path, ServerProcess.Key);
        Side kestrel = new("bare Kestrel", Rounds.PerSecond, () => Post(bare, "/json", plan.Seconds));
        Side ours = new("Rushes", Rounds.PerSecond, () => Post(gateway, "/queue/wan22-fast-t2v", plan.Seconds));
        Side commits = new("group commit alone", Rounds.PerSecond, () => CommitAsync(database, account, plan.Seconds));

        await Post(bare, "/json", plan.WarmUp);
        await Post(gateway, "/queue/wan22-fast-t2v", plan.WarmUp);
        await Rounds.RunAsync("create", plan.Rounds, kestrel, ours, commits);
        return [Row.Of("durable creates", ours, kestrel, aim: 0.45), Row.Of("durable creates", ours, commits)];
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
