using Rushes.Bench.Load;
using Rushes.Bench.Peers;

namespace Rushes.Bench;

/// <summary>
/// Status of queued jobs behind short and long queues, beside Fastify with BullMQ and Kestrel answering a constant.
/// </summary>
internal static class StatusBench
{
    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        await using var servers = new Servers();
        var redis = servers.Add(await Redis.StartAsync(disk.New()));
        var longest = plan.Backlogs[^1];
        await Node.RunAsync("bullmq.js", "fill", Node.Shown(redis), $"{longest}");
        var peer = servers.Add(await Node.BullMqAsync(redis));
        var ours = new List<TimedSide>();
        foreach (var backlog in plan.Backlogs)
        {
            var data = disk.New();
            await Jobs.FillAsync(data, backlog);
            var gateway = servers.Add(await ServerProcess.GatewayAsync(data));
            ours.Add(Get($"{backlog:N0} queued", gateway, "/queue/wan22-fast-t2v/requests/", "/status", backlog));
            await Console.Error.WriteLineAsync($"status: {backlog:N0} jobs are queued");
        }
        var bare = servers.Add(await ServerProcess.BareAsync());
        var kestrel = Get("bare Kestrel", bare, "/json?", "", longest);
        var bullmq = Get($"Fastify + BullMQ, {longest:N0} queued", peer, "/jobs/", "", longest);

        foreach (var side in (TimedSide[])[kestrel, bullmq, .. ours]) await side.WarmAsync(plan);
        await Rounds.RunAsync(
            "status", plan.Rounds, [kestrel.Rate(plan), bullmq.Rate(plan), .. ours.Select(side => side.Rate(plan))]);
        return
        [
            Row.Of($"status with exact position, {longest:N0} queued", ours[^1].Rate(plan), bullmq.Rate(plan), aim: 4.5),
            .. ours.Select(side => Row.Of($"status, {side.Rate(plan).Name}", side.Rate(plan), kestrel.Rate(plan), aim: 0.9)),
            Row.OfCosts($"median time of a status, {longest:N0} queued", ours[^1].Half, ours[0].Half, 1.1),
        ];
    }

    private static TimedSide Get(string name, ServerProcess server, string before, string after, int count) => new(
        name, seconds => Wrk.RunAsync(server.Address, seconds, "get", before, after, ServerProcess.Key, $"{count}"));
}
