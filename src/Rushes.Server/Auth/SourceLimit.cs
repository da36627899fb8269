namespace Rushes.Server.Auth;

/// <summary>
/// Limits something per source, such as invalid keys: a burst, then one per pause. The count decreases with time.
/// </summary>
internal sealed class SourceLimit(int limit, TimeSpan pause, TimeProvider clock)
{
    /// <summary>The maximum number of sources that are counted separately; further ones share one count.</summary>
    public const int MaxSources = 10_000;

    private static readonly UInt128 Others = UInt128.MaxValue;

    private readonly Lock gate = new();
    private readonly long step = (long)(pause.TotalSeconds * clock.TimestampFrequency);

    // The time at which each source's count is back to zero.
    private readonly Dictionary<UInt128, long> sources = [];
    private long waitsUntil;
    private long cleanedAt;

    /// <summary>Whether any source has to wait; if not, sources need not be looked up.</summary>
    public bool HasPaused => Volatile.Read(ref waitsUntil) is var until and not 0 && clock.GetTimestamp() < until;

    /// <returns>How long the source has to wait; null if it does not have to.</returns>
    public TimeSpan? Wait(UInt128 source)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            if (!sources.TryGetValue(Known(source), out var free)) return null;
            var left = free - (limit - 1) * step - now;
            return left > 0 ? TimeSpan.FromSeconds((double)left / clock.TimestampFrequency) : null;
        }
    }

    public void Count(UInt128 source)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            if (sources.Count >= MaxSources && !sources.ContainsKey(source)) Clean(now);
            var key = Known(source);
            var free = Math.Max(sources.GetValueOrDefault(key), now) + step;
            sources[key] = free;
            var until = free - (limit - 1) * step;
            if (until > waitsUntil) Volatile.Write(ref waitsUntil, until);
        }
    }

    internal int Tracked
    {
        get
        {
            lock (gate) return sources.Count;
        }
    }

    private UInt128 Known(UInt128 source) => sources.Count < MaxSources || sources.ContainsKey(source) ? source : Others;

    /// <summary>At most once a second, so that a flood from new addresses does not cause a search each time.</summary>
    private void Clean(long now)
    {
        if (cleanedAt != 0 && now - cleanedAt < clock.TimestampFrequency) return;
        cleanedAt = now;
        foreach (var (source, free) in sources)
            if (free <= now) sources.Remove(source);
    }
}
