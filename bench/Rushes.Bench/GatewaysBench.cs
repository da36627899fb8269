using Rushes.Bench.Load;
using Rushes.Bench.Peers;

namespace Rushes.Bench;

/// <summary>Creates with one, two and three gateways on one PostgreSQL, beside PostgreSQL alone.</summary>
internal static class GatewaysBench
{
    private const int Connections = 64;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        await using var postgres = await Postgres.StartAsync(disk.New());
        await using var servers = new Servers();
        var floorUrl = await postgres.NewAsync();
        var sides = new List<TimedSide>();
        for (var count = 1; count <= 3; count++)
        {
            var url = await postgres.NewAsync();
            var group = new List<ServerProcess>();
            var files = disk.New();
            for (var i = 0; i < count; i++)
                group.Add(servers.Add(await ServerProcess.GatewayAsync(
                    disk.New(), "--database", url, "--storage", $"local={files}")));
            sides.Add(new TimedSide(count == 1 ? "1 gateway" : $"{count} gateways", seconds => PostAsync(group, seconds)));
        }
        Side floor = new("PostgreSQL alone", Rounds.PerSecond, () => Floors.PostgresAsync(floorUrl, plan.Seconds));
        foreach (var side in sides) await side.WarmAsync(plan);
        await Rounds.RunAsync("gateways", plan.Rounds, [floor, .. sides.Select(side => side.Rate(plan))]);
        var one = sides[0];
        return
        [
            Row.Of("durable creates, 1 gateway on PostgreSQL", one.Rate(plan), floor),
            .. sides[1..].Select(
                side => Row.Of($"durable creates, {side.Rate(plan).Name} together", side.Rate(plan), one.Rate(plan), 1)),
            .. sides[1..].Select(
                side => Row.OfCosts($"99th percentile of a create, {side.Rate(plan).Name}", side.Tail, one.Tail, most: 2)),
        ];
    }

    /// <summary>The same number of connections, spread over the gateways.</summary>
    private static async Task<Answered> PostAsync(List<ServerProcess> gateways, int seconds)
    {
        var answered = await Task.WhenAll(gateways.Select(gateway => Wrk.RunAsync(
            gateway.Address, Connections / gateways.Count, seconds, "post", CreateBench.Path, ServerProcess.Key)));
        return new Answered(
            answered.Sum(each => each.Rate), answered.Average(each => each.Half), answered.Max(each => each.Tail),
            answered.Sum(each => each.Bytes));
    }
}
