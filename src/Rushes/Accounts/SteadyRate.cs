namespace Rushes.Accounts;

/// <summary>So many a second over time, and at most a second's worth (or one) at once.</summary>
public sealed class SteadyRate(double perSecond, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly TimeSpan each = TimeSpan.FromSeconds(1 / perSecond);
    private readonly TimeSpan burst = TimeSpan.FromSeconds(Math.Max(1, 1 / perSecond));

    // What was taken and is not worked off yet, as the time that takes.
    private TimeSpan debt;
    private long at = clock.GetTimestamp();

    /// <summary>Null: one was taken. Else how long until there is one.</summary>
    public TimeSpan? Take()
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            debt -= clock.GetElapsedTime(at, now);
            if (debt < TimeSpan.Zero) debt = TimeSpan.Zero;
            at = now;
            if (debt + each > burst) return debt + each - burst;
            debt += each;
            return null;
        }
    }
}
