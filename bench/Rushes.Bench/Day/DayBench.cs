using System.Globalization;

namespace Rushes.Bench.Day;

/// <summary>A simulated day of twenty gateways and ten thousand workers.</summary>
internal static class DayBench
{
    public static async Task<(IEnumerable<Row> Rows, IEnumerable<Plot> Plots)> RunAsync()
    {
        var day = await DayRun.PlayAsync();
        Row[] rows =
        [
            new($"simulated day: jobs, and the longest queue", $"{Count(day.Jobs)}", $"{Count(day.LongestQueue)} queued", "", ""),
            new("simulated day: claims, and those that found no job", Count(day.Claims), Count(day.Empty), "", ""),
        ];
        Plot[] plots =
        [
            Plot.Hours("day-use", "Busy workers in percent, by hour",
            [
                DayFigures.Load("work that arrives"),
                .. Fleet.Pools.Select((pool, number) => day.Busy($"workers of {pool.Name}", number)),
            ]),
            Plot.Hours("day-wait", "Minutes in the queue, by the hour of the create",
            [
                day.Minutes("weight 1, median", Sender.Default, 0.5), day.Minutes("weight 1, 95 %", Sender.Default, 0.95),
                day.Minutes("weight 4, 95 %", Sender.Studio, 0.95), day.Minutes("burst, median", Sender.Burst, 0.5),
            ]),
            Plot.Hours("day-fairness", "Fairness between the clients that wait (Jain's index; 1 is equal), by hour",
                [day.FairnessIndex("jobs started by weight")]),
            Plot.Hours("day-claims", "Claims per second of all workers, by hour",
                [day.ClaimsPerSecond("all", emptyOnly: false), day.ClaimsPerSecond("found no job", emptyOnly: true)]),
        ];
        return (rows, plots);
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
