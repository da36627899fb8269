namespace Rushes.Accounts;

/// <summary>
/// At most so many in any stretch of time of this length, exactly: it remembers when each was. The platform's rate limiters
/// read a clock of their own, which no test can move, and let through twice as many around the edge of a window.
/// </summary>
public sealed class SlidingWindow(int most, TimeSpan length, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Queue<long> taken = new();

    /// <summary>Takes one if there is one.</summary>
    public Quota Take()
    {
        lock (gate)
        {
            var now = Forget();
            if (taken.Count >= most) return new Quota(most, 0, ResetAt(now), Refused: true);
            taken.Enqueue(now);
            return new Quota(most, most - taken.Count, ResetAt(now), Refused: false);
        }
    }

    /// <summary>How it stands; takes none.</summary>
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

/// <param name="Remaining">How many may still come now.</param>
/// <param name="Reset">Until the next one is given back; zero when none was taken.</param>
public readonly record struct Quota(int Limit, int Remaining, TimeSpan Reset, bool Refused);
