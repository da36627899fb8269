namespace Rushes.Server.Auth;

/// <summary>Wrong keys by where they came from: so many at once, then one in each pause. What was counted is worked off with time.</summary>
internal sealed class GuessLimit(int limit, TimeSpan pause, TimeProvider clock)
{
    /// <summary>Sources that are told apart. Those that come later while all of these are being counted share one count.</summary>
    public const int MaxSources = 10_000;

    private static readonly UInt128 Others = UInt128.MaxValue;

    private readonly Lock gate = new();
    private readonly long step = (long)(pause.TotalSeconds * clock.TimestampFrequency);

    // When each source has worked off what was counted.
    private readonly Dictionary<UInt128, long> sources = [];
    private long waitsUntil;
    private long cleanedAt;

    /// <summary>Some source has to wait now; while none has, nobody has to ask which.</summary>
    public bool AnyWaits => Volatile.Read(ref waitsUntil) is var until and not 0 && clock.GetTimestamp() < until;

    /// <summary>How long the source has to wait; null: not at all.</summary>
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

    /// <summary>At most once a second: a flood from new addresses must not cost a search of all of them each time.</summary>
    private void Clean(long now)
    {
        if (cleanedAt != 0 && now - cleanedAt < clock.TimestampFrequency) return;
        cleanedAt = now;
        foreach (var (source, free) in sources)
            if (free <= now) sources.Remove(source);
    }
}
