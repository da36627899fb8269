namespace Rushes.Accounts;

/// <summary>A rate per second, with a burst of one second's worth, at least one.</summary>
public sealed class SteadyRate(double perSecond, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly TimeSpan each = TimeSpan.FromSeconds(1 / perSecond);
    private readonly TimeSpan burst = TimeSpan.FromSeconds(Math.Max(1, 1 / perSecond));

    // The time needed for what was taken so far.
    private TimeSpan debt;
    private long at = clock.GetTimestamp();

    /// <summary>Returns null if one was taken, otherwise how long to wait.</summary>
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
