using Microsoft.Extensions.Logging;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>
/// Takes jobs back from workers that went silent. Those that could not be heard are not silent: after this gateway was down,
/// its database away, or the clock set, they have the time of a lease to report. While nothing runs or waits it asks nobody
/// anything.
/// </summary>
public sealed class Sweeper(ILeaseStore leases, Backlog backlog, WorkOptions options, TimeProvider clock, ILogger<Sweeper> log)
{
    /// <summary>Start timeouts are given in seconds, and kept to about one.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>Told how many leases a sweep ended.</summary>
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
            // Set: what leases were counted by is gone, and nobody could renew one by the new time yet.
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
                // That it is away it says itself, once.
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
