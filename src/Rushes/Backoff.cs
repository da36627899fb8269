namespace Rushes;

/// <summary>
/// Pauses between tries: each is twice as long as the one before, up to the longest, and varied by a quarter so that many
/// callers do not return at once.
/// </summary>
internal sealed class Backoff(TimeSpan first, TimeSpan longest, TimeProvider clock)
{
    private int pauses;
    private long? failingSince;

    public bool IsFailing => failingSince is not null;

    /// <summary>The time since the first failure.</summary>
    public TimeSpan Failing => failingSince is { } since ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    public void Fail() => failingSince ??= clock.GetTimestamp();

    public void Reset() => (pauses, failingSince) = (0, null);

    public Task WaitAsync(CancellationToken cancel)
    {
        Fail();
        var pause = first * Math.Pow(2, Math.Min(pauses++, 20));
        return Task.Delay((pause < longest ? pause : longest) * (0.75 + Random.Shared.NextDouble() / 2), clock, cancel);
    }
}
