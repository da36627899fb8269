namespace Rushes.Work;

/// <summary>Pauses that double up to a longest one, with a share of chance so that workers do not return all at once.</summary>
internal sealed class Pauses(TimeProvider clock)
{
    private readonly long began = clock.GetTimestamp();

    public int Count { get; private set; }

    public TimeSpan Elapsed => clock.GetElapsedTime(began);

    public Task WaitAsync(TimeSpan longest, CancellationToken cancel)
    {
        var pause = TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, 0.25 * Math.Pow(2, Count++)) * (0.75 + Random.Shared.NextDouble() / 2));
        return Task.Delay(pause, clock, cancel);
    }
}
