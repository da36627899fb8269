namespace Rushes.Server.JobResponses;

/// <summary>
/// One timer for any number of waiters. It is set for the earliest requested time, wakes all waiters together, and stops until
/// there is both a waiter and a request again.
/// </summary>
internal sealed class Pulse(TimeProvider clock)
{
    private readonly Lock gate = new();
    private TaskCompletionSource? next;
    private ITimer? timer;
    private DateTimeOffset? due;

    /// <summary>Completes with the next pulse. Get it before reading the state that can change.</summary>
    public Task Next
    {
        get
        {
            lock (gate) return (next ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Requests a pulse within this time.</summary>
    public void BeatWithin(TimeSpan wait)
    {
        lock (gate)
        {
            if (next is null) return;
            var at = clock.GetUtcNow() + wait;
            if (due <= at) return;
            due = at;
            timer ??= clock.CreateTimer(
                static pulse => ((Pulse)pulse!).Beat(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
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
