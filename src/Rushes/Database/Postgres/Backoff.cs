using System.Diagnostics;

namespace Rushes.Database.Postgres;

/// <summary>Pauses between tries that grow from 50 milliseconds to a second, each a little different from the others'.</summary>
internal sealed class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(1);

    private TimeSpan next = First;
    private long? since;

    /// <summary>How long it has been failing.</summary>
    public TimeSpan Failing => since is { } began ? Stopwatch.GetElapsedTime(began) : TimeSpan.Zero;

    public void Fail() => since ??= Stopwatch.GetTimestamp();

    public void Reset() => (next, since) = (First, null);

    /// <summary>Ends early, without an exception, when cancelled.</summary>
    public async Task WaitAsync(CancellationToken cancel)
    {
        Fail();
        await Task.Delay(next * (0.75 + Random.Shared.NextDouble() / 2), cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        next = next * 2 < Most ? next * 2 : Most;
    }
}
