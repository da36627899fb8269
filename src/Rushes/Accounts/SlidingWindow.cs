namespace Rushes.Accounts;

/// <summary>
/// An exact limit per time: it stores the time of each use. .NET's rate limiters cannot use a TimeProvider, and allow twice
/// as many at the boundary of a window.
/// </summary>
public sealed class SlidingWindow(int most, TimeSpan length, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Queue<long> taken = new();

    /// <summary>Counts one, if it is allowed.</summary>
    public Quota Take()
    {
        lock (gate)
        {
            var now = Forget();
            if (taken.Count >= most) return new Quota(most, 0, ResetAt(now), Rejected: true);
            taken.Enqueue(now);
            return new Quota(most, most - taken.Count, ResetAt(now), Rejected: false);
        }
    }

    /// <summary>The state of the window, without counting.</summary>
    public Quota Look()
    {
        lock (gate)
        {
            var now = Forget();
            return new Quota(most, most - taken.Count, ResetAt(now), taken.Count >= most);
        }
    }

    private long Forget()
    {
        var now = clock.GetTimestamp();
        while (taken.TryPeek(out var oldest) && clock.GetElapsedTime(oldest, now) >= length) taken.Dequeue();
        return now;
    }

    private TimeSpan ResetAt(long now) =>
        taken.TryPeek(out var oldest) ? length - clock.GetElapsedTime(oldest, now) : TimeSpan.Zero;
}

/// <param name="Remaining">How many are allowed now.</param>
/// <param name="Reset">The time until the next one is allowed; zero if none was counted.</param>
public readonly record struct Quota(int Limit, int Remaining, TimeSpan Reset, bool Rejected);
