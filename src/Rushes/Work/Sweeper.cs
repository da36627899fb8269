using Microsoft.Extensions.Logging;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>
/// Returns jobs with an expired lease to the queue, and ends jobs that missed another deadline. After this gateway was down,
/// its database unavailable, or the clock changed, workers first get the time of a lease to report. Without running jobs it
/// runs no queries until a job changes or misses a deadline.
/// </summary>
public sealed class Sweeper(ILeaseStore leases, Backlog backlog, WorkOptions options, TimeProvider clock, ILogger<Sweeper> log)
{
    /// <summary>Start timeouts are in seconds, so they are checked about every second.</summary>
    private static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(1);

    /// <summary>At least this often while jobs wait, also if nothing seems to be due.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    // As of the last sweep; the backlog's version then, and the time at which a job that waits is due.
    private long? seen;
    private long sweptAt;
    private DateTimeOffset nextAt;

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
            if (backlog.Count == 0 || IsIdle(now)) continue;
            try
            {
                seen = null;
                var version = backlog.Version;
                if (clock.GetElapsedTime(unreachableSince) > options.Lease) reachableUntil = now;
                var missed = await leases.SweepAsync(now, reachableUntil, stop);
                if (missed.Others > 0) log.DeadlinesMissed(missed.Others);
                if (missed.Leases > 0)
                {
                    log.LeasesExpired(missed.Leases);
                    LeasesExpired?.Invoke(missed.Leases);
                }
                // While jobs run, each sweep also shows whether workers can report.
                if (backlog.AnyRuns) continue;
                nextAt = await leases.NextDeadlineAsync(stop) ?? DateTimeOffset.MaxValue;
                (seen, sweptAt) = (version, clock.GetTimestamp());
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

    private bool IsIdle(DateTimeOffset now) =>
        seen == backlog.Version && now < nextAt && clock.GetElapsedTime(sweptAt) < Idle;

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
