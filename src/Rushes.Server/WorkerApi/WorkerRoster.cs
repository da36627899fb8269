using System.Collections.Concurrent;
using Rushes.Jobs;
using Rushes.Work;

namespace Rushes.Server.WorkerApi;

/// <summary>
/// Every slot that takes jobs here: those of this process, and remote ones that were heard of lately. What a slot can make
/// counts for the waiting times; one whose engine is away, or that is drained, counts for nothing.
/// </summary>
internal sealed class WorkerRoster : IDisposable
{
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly Capacity capacity;
    private readonly TimeSpan silence;
    private readonly TimeProvider clock;
    private readonly Drains drains;
    private ITimer? sweep;

    /// <param name="silence">After so long without a word a remote worker counts as gone.</param>
    public WorkerRoster(Capacity capacity, TimeSpan silence, TimeProvider clock, Drains drains)
    {
        (this.capacity, this.silence, this.clock, this.drains) = (capacity, silence, clock, drains);
        drains.Changed += Recount;
    }

    public IReadOnlyList<Entry> All => [.. entries.Values.OrderBy(entry => entry.Offer.Worker, StringComparer.Ordinal)];

    public void Meet(ClaimOffer offer)
    {
        lock (gate)
        {
            var known = entries.GetValueOrDefault(offer.Worker);
            var counted = known?.Counted;
            if (counted is null || !known!.Offer.Lanes.SequenceEqual(offer.Lanes))
            {
                counted?.Dispose();
                counted = Count(offer);
            }
            entries[offer.Worker] = new Entry(offer, clock.GetUtcNow(), counted);
            // While there is no remote worker there is no timer either.
            if (IsRemote(offer)) sweep ??= clock.CreateTimer(_ => Forget(), null, silence, silence);
        }
    }

    /// <summary>The same for a remote worker, unless its key has <paramref name="most"/> others here.</summary>
    public bool TryMeet(ClaimOffer offer, RemoteName name, int most)
    {
        lock (gate)
        {
            if (!entries.ContainsKey(offer.Worker) && entries.Keys.Count(name.HasKeyOf) >= most) return false;
            Meet(offer);
            return true;
        }
    }

    /// <summary>A heartbeat of a worker that runs a job.</summary>
    public void Hear(string worker)
    {
        lock (gate)
            if (entries.TryGetValue(worker, out var entry)) entries[worker] = entry with { SeenAt = clock.GetUtcNow() };
    }

    public void Dispose() => sweep?.Dispose();

    private void Recount(string worker)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(worker, out var entry)) return;
            entry.Counted.Dispose();
            entries[worker] = entry with { Counted = Count(entry.Offer) };
        }
    }

    private IDisposable Count(ClaimOffer offer) => capacity.Add(drains.IsDrained(offer.Worker) ? [] : offer.Lanes);

    private void Forget()
    {
        lock (gate)
        {
            foreach (var (name, entry) in entries)
                if (IsRemote(entry.Offer) && clock.GetUtcNow() - entry.SeenAt > silence && entries.TryRemove(name, out _)) entry.Counted.Dispose();
            if (entries.Values.Any(entry => IsRemote(entry.Offer))) return;
            sweep?.Dispose();
            sweep = null;
        }
    }

    private static bool IsRemote(ClaimOffer offer) => RemoteName.Is(offer.Worker);

    internal sealed record Entry(ClaimOffer Offer, DateTimeOffset SeenAt, IDisposable Counted)
    {
        public bool IsRemote => WorkerRoster.IsRemote(Offer);
    }
}
