namespace Rushes.Tests.Engines.Comfy;

/// <summary>
/// A clock in which only waits for the next poll let time pass, at once; everything else is due when the polls got there.
/// </summary>
internal sealed class PollingClock(TimeSpan poll) : TimeProvider
{
    private readonly FakeClock clock = new();
    private readonly Lock gate = new();

    public TimeSpan Poll => poll;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = clock.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= poll) ThreadPool.QueueUserWorkItem(_ => Pass(dueTime));
        return timer;
    }

    private void Pass(TimeSpan time)
    {
        lock (gate) clock.Advance(time);
    }
}
