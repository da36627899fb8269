using System.Diagnostics;
using System.Globalization;

namespace Rushes.Bench;

/// <summary>
/// The time until a gateway is ready and its memory then: with no jobs, and with the longest queue; and what one with jobs but
/// without workers uses when it gets no requests.
/// </summary>
internal static class StartupBench
{
    private const int IdleJobs = 10_000;

    public static async Task<IEnumerable<Row>> RunAsync(Plan plan, Folders disk)
    {
        var (empty, full, idle) = (disk.New(), disk.New(), disk.New());
        var most = plan.Backlogs[^1];
        await Jobs.FillAsync(full, most);
        await Jobs.FillAsync(idle, IdleJobs);

        Side cold = new("Rushes", Rounds.Seconds, async () => (await StartAsync(empty)).Seconds);
        var memory = 0L;
        Side loaded = new("Rushes", Rounds.Seconds, async () =>
        {
            (var seconds, memory) = await StartAsync(full);
            return seconds;
        });
        Side held = new("memory", Rounds.Megabytes, () => Task.FromResult((double)memory));
        await StartAsync(empty);
        await Rounds.RunAsync("startup", plan.Rounds, cold, loaded, held);
        return
        [
            new Row("ready after start, no jobs", $"{cold}", "", "", Row.Held(cold.Median <= 0.5, "0.5 s or less")),
            new Row($"ready after start, {most:N0} queued", $"{loaded}", "", "", Row.Held(loaded.Median <= 3, "3 s or less")),
            new Row(
                $"memory then, {most:N0} queued", $"{held}", "", "", Row.Held(held.Median <= 400e6, "400 MB or less")),
            await IdleAsync(plan, idle),
        ];
    }

    /// <summary>Seconds until it is ready, and its memory then.</summary>
    public static async Task<(double Seconds, long Memory)> StartAsync(string data)
    {
        var clock = Stopwatch.StartNew();
        await using var gateway = await ServerProcess.GatewayAsync(data);
        var seconds = clock.Elapsed.TotalSeconds;
        using var http = new HttpClient { BaseAddress = gateway.Address };
        (await http.GetAsync(new Uri("/health/ready", UriKind.Relative))).EnsureSuccessStatusCode();
        return (seconds, gateway.Memory);
    }

    private static async Task<Row> IdleAsync(Plan plan, string data)
    {
        await using var gateway = await ServerProcess.GatewayAsync(data);
        // What starts late, such as the first collection of garbage, is not what an idle gateway uses.
        await Task.Delay(TimeSpan.FromSeconds(plan.WarmUp));
        var (processor, written, clock) = (gateway.Processor, gateway.Written, Stopwatch.StartNew());
        await Task.Delay(TimeSpan.FromSeconds(plan.Seconds * 4));
        var share = (gateway.Processor - processor) / clock.Elapsed;
        var bytes = gateway.Written - written;
        return new Row(
            $"idle, {IdleJobs:N0} queued, no workers",
            string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.00} % of a core, {bytes:N0} bytes written"), "", "",
            Row.Held(share <= 0.002 && bytes == 0, "0.2 % and 0 bytes or less"));
    }
}
