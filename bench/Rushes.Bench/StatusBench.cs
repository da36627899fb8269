namespace Rushes.Bench;

/// <summary>Status of queued jobs behind short and long queues, against Kestrel answering a constant.</summary>
internal static class StatusBench
{
    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        var gateways = new List<ServerProcess>();
        try
        {
            foreach (var backlog in plan.Backlogs)
            {
                var data = disk.New();
                await Jobs.FillAsync(data, backlog);
                gateways.Add(await ServerProcess.GatewayAsync(data));
                await Console.Error.WriteLineAsync($"status: {backlog:N0} jobs are queued");
            }
            await using var bare = await ServerProcess.BareAsync();
            return await CompareAsync(plan, bare, gateways);
        }
        finally
        {
            foreach (var gateway in gateways) await gateway.DisposeAsync();
        }
    }

    private static async Task<IEnumerable<Row>> CompareAsync(Plan plan, ServerProcess bare, List<ServerProcess> gateways)
    {
        Task<double> GetJson(int seconds) =>
            Wrk.RunAsync(bare.Address, seconds, "get", "/json?", "", ServerProcess.Key, "1000000");
        Task<double> GetStatus(ServerProcess gateway, int backlog, int seconds) =>
            Wrk.RunAsync(
                gateway.Address, seconds, "get", "/queue/wan22-fast-t2v/requests/", "/status", ServerProcess.Key, $"{backlog}");

        Side kestrel = new("bare Kestrel", Rounds.PerSecond, () => GetJson(plan.Seconds));
        var ours = gateways.Zip(plan.Backlogs, (gateway, backlog) =>
            new Side($"{backlog:N0} queued", Rounds.PerSecond, () => GetStatus(gateway, backlog, plan.Seconds))).ToArray();

        await GetJson(plan.WarmUp);
        foreach (var (gateway, backlog) in gateways.Zip(plan.Backlogs)) await GetStatus(gateway, backlog, plan.WarmUp);
        await Rounds.RunAsync("status", plan.Rounds, [kestrel, .. ours]);
        return
        [
            .. ours.Select(side => Row.Of($"status, {side.Name}", side, kestrel, aim: 0.75)),
            Row.Of($"status, {ours[^1].Name}", ours[^1], ours[0], aim: 0.9),
        ];
    }
}
