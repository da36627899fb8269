namespace Rushes.Database.Postgres;

/// <summary>
/// The clock of gateways that share a server: the server's time, which every commit returns. Otherwise a gateway with a wrong
/// clock would reclaim all jobs too early, or keep others from claiming. Durations use the machine's clock.
/// </summary>
public sealed class ServerClock(TimeProvider machine) : TimeProvider
{
    /// <summary>Smaller differences are not logged; NTP is about that accurate.</summary>
    private static readonly TimeSpan Little = TimeSpan.FromSeconds(1);

    private long ahead;

    public override long TimestampFrequency => machine.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => machine.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref ahead));

    public override long GetTimestamp() => machine.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.CreateTimer(callback, state, dueTime, period);

    /// <summary>Adjusts the clock.</summary>
    /// <param name="asked">When the server was asked, by this clock.</param>
    /// <param name="server">The server's time.</param>
    /// <param name="answered">When the response arrived, by this clock.</param>
    /// <returns>The adjustment.</returns>
    public TimeSpan Set(DateTimeOffset asked, DateTimeOffset server, DateTimeOffset answered)
    {
        var wrong = server > answered ? server - answered : server < asked ? server - asked : TimeSpan.Zero;
        if (wrong.Duration() < Little) return TimeSpan.Zero;
        Interlocked.Add(ref ahead, wrong.Ticks);
        return wrong;
    }
}
