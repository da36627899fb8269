using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rushes.Bench.Load;
using Rushes.Bench.Peers;

namespace Rushes.Bench;

/// <summary>The time from a create until an idle worker has the job, at 50 jobs a second.</summary>
internal static class StartBench
{
    private const int Rate = 50;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        await using var redis = await Redis.StartAsync(disk.New());
        await using var gateway = await ServerProcess.GatewayAsync(disk.New());
        var (ours, peer) = (new List<double>(), new List<double>());
        Side half = new("Rushes", Rounds.Milliseconds, async () =>
        {
            ours = await StartsAsync(gateway, Rate * plan.Seconds);
            return Percentile.Of(ours, 0.5);
        });
        Side tail = new("Rushes", Rounds.Milliseconds, () => Task.FromResult(Percentile.Of(ours, 0.99)));
        Side peerHalf = new("BullMQ", Rounds.Milliseconds, async () =>
        {
            var output = await Node.RunAsync("bullmq.js", "start", Node.Shown(redis), $"{Rate * plan.Seconds}", $"{Rate}");
            peer = [.. output.GetProperty("milliseconds").EnumerateArray().Select(each => each.GetDouble())];
            return Percentile.Of(peer, 0.5);
        });
        Side peerTail = new("BullMQ", Rounds.Milliseconds, () => Task.FromResult(Percentile.Of(peer, 0.99)));
        await StartsAsync(gateway, Rate * plan.WarmUp);
        await Rounds.RunAsync("start", plan.Rounds, half, tail, peerHalf, peerTail);
        const string What = "create until a worker has the job, 50/s";
        return
        [
            Row.OfTimes(What, half, peerHalf, aim: 2),
            Row.OfTimes($"{What}, 99th percentile", tail, peerTail) with { Aim = Row.Held(tail.Median <= 2, "2 ms or less") },
        ];
    }

    /// <summary>Milliseconds of each start; the seed says which job a worker got.</summary>
    private static async Task<List<double>> StartsAsync(ServerProcess gateway, int count)
    {
        using var worker = await RemoteWorker.ConnectAsync(gateway.Address, 1);
        var sent = new ConcurrentDictionary<int, long>();
        var working = Task.Run(async () =>
        {
            var waits = new List<double>();
            while (waits.Count < count)
            {
                if (await worker.ClaimAsync() is not { } job) continue;
                var seed = JsonElement.Parse(job.Input).GetProperty("seed").GetInt32();
                waits.Add(Stopwatch.GetElapsedTime(sent[seed]).TotalMilliseconds);
                await worker.EndAsync(job);
            }
            return waits;
        });
        await OpenLoop.RunAsync(gateway.Address, Rate, count / Rate, async (connection, number) =>
        {
            var body = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"width": 832, "height": 480, "duration": 5, "seed": {{number}}, "prompt": "A paper boat"}""");
            var request = Connection.Post(gateway.Address, CreateBench.Path, body);
            sent[number] = Stopwatch.GetTimestamp();
            await connection.SendAsync(request);
        }, connections: 4);
        return await working;
    }
}
