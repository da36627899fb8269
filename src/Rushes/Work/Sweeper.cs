using Microsoft.Extensions.Logging;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>
/// Returns jobs with an expired lease to the queue, and ends jobs that missed another deadline. After this gateway was down,
/// its database unavailable, or the clock changed, workers first get the time of a lease to report. Without running or
/// waiting jobs it runs no queries.
/// </summary>
public sealed class Sweeper(ILeaseStore leases, Backlog backlog, WorkOptions options, TimeProvider clock, ILogger<Sweeper> log)
{
    /// <summary>Start timeouts are in seconds, so they are checked about every second.</summary>
    private static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(1);

    /// <summary>Raised with the number of leases that a sweep ended.</summary>
    public event Action<int>? LeasesExpired;

    public async Task RunAsync(CancellationToken stop)
    {
        var unreachableSince = clock.GetTimestamp();
        var reachableUntil = DateTimeOffset.UnixEpoch;
        var (now, checkedAt) = (clock.GetUtcNow(), unreachableSince);
        using var timer = new PeriodicTimer(TimeSpan.FromTicks(Math.Min((options.Lease / 6).Ticks, MaxInterval.Ticks)), clock);
        while (await NextAsync(timer, stop))
        {
            var due = now + clock.GetElapsedTime(checkedAt);
            (now, checkedAt) = (clock.GetUtcNow(), clock.GetTimestamp());
            // The clock was changed: leases were measured with the old time, and no worker could renew one yet.
            if ((now - due).Duration() > options.Lease / 2)
                (unreachableSince, reachableUntil) = (checkedAt, DateTimeOffset.UnixEpoch);
            if (backlog.Count == 0) continue;
            try
            {
                if (clock.GetElapsedTime(unreachableSince) > options.Lease) reachableUntil = now;
                var missed = await leases.SweepAsync(now, reachableUntil, stop);
                if (missed.Others > 0) log.DeadlinesMissed(missed.Others);
                if (missed.Leases == 0) continue;
                log.LeasesExpired(missed.Leases);
                LeasesExpired?.Invoke(missed.Leases);
            }
            catch (DatabaseAwayException)
            {
                // The database logs its own unavailability, once.
                unreachableSince = clock.GetTimestamp();
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
