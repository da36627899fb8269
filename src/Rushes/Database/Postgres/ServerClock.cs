namespace Rushes.Database.Postgres;

/// <summary>
/// The time of gateways that share a server: the server's own, which every commit brings along. A gateway whose machine's clock
/// is wrong, or jumps, would otherwise take every job from its worker, or leave none to anyone else. What is measured, such as
/// how long something took, is the machine's.
/// </summary>
public sealed class ServerClock(TimeProvider machine) : TimeProvider
{
    /// <summary>Less is not worth a word: clocks kept by NTP are this good.</summary>
    private static readonly TimeSpan Little = TimeSpan.FromSeconds(1);

    private long ahead;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref ahead));

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Puts it right.</summary>
    /// <param name="asked">When the server was asked, by this clock.</param>
    /// <param name="server">Its answer.</param>
    /// <param name="answered">When that came, by this clock.</param>
    /// <returns>By how much it was moved.</returns>
    public TimeSpan Set(DateTimeOffset asked, DateTimeOffset server, DateTimeOffset answered)
    {
        var wrong = server > answered ? server - answered : server < asked ? server - asked : TimeSpan.Zero;
        if (wrong.Duration() < Little) return TimeSpan.Zero;
        Interlocked.Add(ref ahead, wrong.Ticks);
        return wrong;
    }
}
