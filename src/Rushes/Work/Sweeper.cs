using Microsoft.Extensions.Logging;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Takes jobs back from workers that went silent. While nothing runs or waits it asks nobody anything.</summary>
public sealed class Sweeper(IDatabase database, Backlog backlog, WorkOptions options, TimeProvider clock, ILogger<Sweeper> log)
{
    /// <summary>Start timeouts are given in seconds, and kept to about one.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>Told how many leases a sweep ended.</summary>
    public event Action<int>? Expired;

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromTicks(Math.Min((options.Lease / 6).Ticks, Longest.Ticks)), clock);
        while (await NextAsync(timer, stop))
        {
            if (backlog.Count == 0) continue;
            try
            {
                var count = await database.SweepAsync(clock.GetUtcNow(), stop);
                if (count == 0) continue;
                log.LeasesExpired(count);
                Expired?.Invoke(count);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                if (error is not DatabaseAwayException) log.SweepFailed(error);
            }
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
