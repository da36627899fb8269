namespace Rushes.Server.Dialects;

/// <summary>
/// One timer for any number of waiters: the first reason starts it, all are woken together when it ends, and it stands
/// still until there are both a waiter and a reason again.
/// </summary>
internal sealed class Pulse(TimeProvider clock, TimeSpan wait)
{
    private readonly Lock gate = new();
    private TaskCompletionSource? next;
    private ITimer? timer;
    private bool running;

    /// <summary>Ends with the next beat. Take it before looking at what may change.</summary>
    public Task Next
    {
        get
        {
            lock (gate) return (next ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>There is a reason to wake those who wait.</summary>
    public void Start()
    {
        lock (gate)
        {
            if (next is null || running) return;
            running = true;
            timer ??= clock.CreateTimer(static pulse => ((Pulse)pulse!).Beat(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void Beat()
    {
        TaskCompletionSource? due;
        lock (gate) (due, next, running) = (next, null, false);
        due?.SetResult();
    }
}
