using Rushes.Bench.Load;
using Rushes.Bench.Peers;

namespace Rushes.Bench;

/// <summary>
/// Creates with one, two and three gateways on one PostgreSQL, beside PostgreSQL alone; and one and two gateways that are far
/// from it, where they wait more than they work.
/// </summary>
internal static class GatewaysBench
{
    private const int Connections = 64, Queued = 200_000;

    private static readonly TimeSpan Far = TimeSpan.FromMilliseconds(5);

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
        var (empty, full) = (await FarAsync(plan, disk, postgres, 0), await FarAsync(plan, disk, postgres, Queued));
        return
        [
            Row.Of("durable creates, 1 gateway on PostgreSQL", one.Rate(plan), floor),
            .. sides[1..].Select(
                side => Row.Of($"durable creates, {side.Rate(plan).Name} together", side.Rate(plan), one.Rate(plan), 1)),
            .. sides[1..].Select(
                side => Row.OfCosts($"99th percentile of a create, {side.Rate(plan).Name}", side.Tail, one.Tail, most: 2)),
            Row.Of($"durable creates, 2 gateways {Far.TotalMilliseconds} ms from PostgreSQL", empty.Two, empty.One, 1.5),
            Row.Of($"the same, {Queued:N0} queued", full.Two, full.One, 1.5),
            Row.Of($"1 gateway {Far.TotalMilliseconds} ms from PostgreSQL, {Queued:N0} queued", full.One, empty.One, 0.9),
        ];
    }

    /// <summary>Gateways over a slow link, each with the same number of connections.</summary>
    private static async Task<(Side One, Side Two)> FarAsync(Plan plan, Folders disk, Postgres postgres, int queued)
    {
        var url = await postgres.NewAsync();
        await using var servers = new Servers();
        await using var link = new SlowLink(new Uri(url).Port, Far);
        var far = new UriBuilder(url) { Port = link.Port }.Uri.AbsoluteUri;
        var files = disk.New();
        var gateways = new List<ServerProcess>();
        for (var i = 0; i < 2; i++)
            gateways.Add(servers.Add(await ServerProcess.GatewayAsync(
                disk.New(), "--database", far, "--storage", $"local={files}")));
        if (queued > 0) await Jobs.FillPostgresAsync(url, queued);
        Side one = new($"1 gateway, {queued:N0} queued", Rounds.PerSecond, () => PostEachAsync(gateways[..1], plan.Seconds));
        Side two = new($"2 gateways, {queued:N0} queued", Rounds.PerSecond, () => PostEachAsync(gateways, plan.Seconds));
        await PostEachAsync(gateways, plan.WarmUp);
        await Rounds.RunAsync("far gateways", plan.Rounds, one, two);
        return (one, two);
    }

    private static async Task<double> PostEachAsync(IEnumerable<ServerProcess> gateways, int seconds) =>
        (await Task.WhenAll(gateways.Select(gateway => Wrk.RunAsync(
            gateway.Address, Connections, seconds, "post", CreateBench.Path, ServerProcess.Key)))).Sum(each => each.Rate);

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
