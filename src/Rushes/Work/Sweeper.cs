using Microsoft.Extensions.Logging;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>
/// Returns jobs with an expired lease to the queue. After this gateway was down, its database unavailable, or the clock
/// changed, workers first get the time of a lease to report. Without running or waiting jobs it runs no queries.
/// </summary>
public sealed class Sweeper(ILeaseStore leases, Backlog backlog, WorkOptions options, TimeProvider clock, ILogger<Sweeper> log)
{
    /// <summary>Start timeouts are in seconds, so they are checked about every second.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>Raised with the number of leases that a sweep ended.</summary>
    public event Action<int>? Expired;

    public async Task RunAsync(CancellationToken stop)
    {
        var deaf = clock.GetTimestamp();
        var heard = DateTimeOffset.UnixEpoch;
        var (now, looked) = (clock.GetUtcNow(), deaf);
        using var timer = new PeriodicTimer(TimeSpan.FromTicks(Math.Min((options.Lease / 6).Ticks, Longest.Ticks)), clock);
        while (await NextAsync(timer, stop))
        {
            var due = now + clock.GetElapsedTime(looked);
            (now, looked) = (clock.GetUtcNow(), clock.GetTimestamp());
            // The clock was changed: leases were measured with the old time, and no worker could renew one yet.
            if ((now - due).Duration() > options.Lease / 2) (deaf, heard) = (looked, DateTimeOffset.UnixEpoch);
            if (backlog.Count == 0) continue;
            try
            {
                if (clock.GetElapsedTime(deaf) > options.Lease) heard = now;
                var count = await leases.SweepAsync(now, heard, stop);
                if (count == 0) continue;
                log.LeasesExpired(count);
                Expired?.Invoke(count);
            }
            catch (DatabaseAwayException)
            {
                // The database logs its own unavailability, once.
                deaf = clock.GetTimestamp();
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                log.SweepFailed(error);
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
