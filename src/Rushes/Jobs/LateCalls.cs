namespace Rushes.Jobs;

/// <summary>
/// Jobs, or accounts with a concurrency limit, that another gateway wakes one of its workers for. After a short time they are
/// looked at again, in case that worker left or that gateway stopped.
/// </summary>
/// <param name="look">Gets the id. It must be fast.</param>
internal sealed class LateCalls(TimeProvider clock, Action<long> look)
{
    /// <summary>Longer than a claim usually takes; a job is only looked at too early if the database is slow.</summary>
    public static readonly TimeSpan After = TimeSpan.FromSeconds(0.25);

    private readonly Lock gate = new();
    private readonly Queue<(long Id, long Since)> jobs = [];
    private ITimer? timer;

    public void Add(long id)
    {
        lock (gate)
        {
            jobs.Enqueue((id, clock.GetTimestamp()));
            if (jobs.Count == 1) Wait(After);
        }
    }

    private void LookAtDue()
    {
        while (TakeDue() is { } id) look(id);
    }

    private long? TakeDue()
    {
        lock (gate)
        {
            if (!jobs.TryPeek(out var first)) return null;
            var left = After - clock.GetElapsedTime(first.Since);
            if (left <= TimeSpan.Zero) return jobs.Dequeue().Id;
            Wait(left);
            return null;
        }
    }

    private void Wait(TimeSpan time)
    {
        timer ??= clock.CreateTimer(_ => LookAtDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        // Timers truncate fractions of a millisecond, and would end shortly before it is due.
        timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(time.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }
}
