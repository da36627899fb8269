namespace Rushes.Server.Dialects;

/// <summary>
/// One timer for any number of waiters: it is set for the earliest reason to wake them, wakes all together, and stands still
/// until there are both a waiter and a reason again.
/// </summary>
internal sealed class Pulse(TimeProvider clock)
{
    private readonly Lock gate = new();
    private TaskCompletionSource? next;
    private ITimer? timer;
    private DateTimeOffset? due;

    /// <summary>Ends with the next beat. Take it before looking at what may change.</summary>
    public Task Next
    {
        get
        {
            lock (gate) return (next ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>There is a reason to wake those who wait, so long from now at the latest.</summary>
    public void BeatWithin(TimeSpan wait)
    {
        lock (gate)
        {
            if (next is null) return;
            var at = clock.GetUtcNow() + wait;
            if (due <= at) return;
            due = at;
            timer ??= clock.CreateTimer(static pulse => ((Pulse)pulse!).Beat(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void Beat()
    {
        TaskCompletionSource? woken;
        lock (gate) (woken, next, due) = (next, null, null);
        woken?.SetResult();
    }
}
