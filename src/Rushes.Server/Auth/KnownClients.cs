using System.Collections.Concurrent;

namespace Rushes.Server.Auth;

/// <summary>The last few addresses from which each key was used successfully, in memory.</summary>
internal sealed class KnownClients
{
    private const int PerKey = 16;

    private readonly ConcurrentDictionary<long, UInt128[]> byKey = new();

    public bool Holds(long key, UInt128 source) => byKey.TryGetValue(key, out var sources) && Array.IndexOf(sources, source) >= 0;

    public void Add(long key, UInt128 source)
    {
        if (Holds(key, source)) return;
        byKey.AddOrUpdate(
            key, static (_, added) => [added],
            static (_, known, added) => [added, .. known.Where(other => other != added).Take(PerKey - 1)], source);
    }
}
