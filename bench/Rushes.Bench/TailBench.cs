using Rushes.Bench.Load;
using Rushes.Bench.Peers;

namespace Rushes.Bench;

/// <summary>How long creates take at a fixed rate that both sides can hold.</summary>
internal static class TailBench
{
    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        await using var redis = await Redis.StartAsync(disk.New());
        await using var peer = await Node.BullMqAsync(redis);
        await using var gateway = await ServerProcess.GatewayAsync(disk.New());
        Side bullmq = SideOf("Fastify + BullMQ", peer, "/jobs", plan);
        Side ours = SideOf("Rushes", gateway, CreateBench.Path, plan);
        foreach (var (server, path) in ((ServerProcess, string)[])[(peer, "/jobs"), (gateway, CreateBench.Path)])
            await Wrk.RunAsync(server.Address, plan.WarmUp, "post", path, ServerProcess.Key);
        await Rounds.RunAsync("tail", plan.Rounds, bullmq, ours);
        return [Row.OfTimes($"99th percentile at {plan.FixedRate:N0} creates/s", ours, bullmq, aim: 1)];
    }

    private static Side SideOf(string name, ServerProcess server, string path, Plan plan) =>
        new(name, Rounds.Milliseconds, async () => Percentile.Of(
            await OpenLoop.RunAsync(
                server.Address, plan.FixedRate, plan.Seconds, Connection.Post(server.Address, path, Jobs.Input)),
            0.99));
}
