using System.Collections.Concurrent;
using Rushes.Jobs;
using Rushes.Work;

namespace Rushes.Server.WorkerApi;

/// <summary>
/// All worker slots: those of this process and connected remote ones. A slot's available models count for the wait estimates,
/// unless its engine is unavailable or the slot is drained.
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

    /// <param name="silence">How long until a remote worker that does not respond is removed.</param>
    public WorkerRoster(Capacity capacity, TimeSpan silence, TimeProvider clock, Drains drains)
    {
        (this.capacity, this.silence, this.clock, this.drains) = (capacity, silence, clock, drains);
        drains.Changed += Recount;
    }

    public IReadOnlyList<Entry> All => [.. entries.Values.OrderBy(entry => entry.Offer.Worker, StringComparer.Ordinal)];

    public void Register(ClaimOffer offer)
    {
        lock (gate)
        {
            var known = entries.GetValueOrDefault(offer.Worker);
            var counted = known?.Counted;
            if (counted is null || !known!.Offer.Lanes.SequenceEqual(offer.Lanes)
                || !known.Offer.Models.SequenceEqual(offer.Models) || !known.Offer.Enlarges.SequenceEqual(offer.Enlarges))
            {
                counted?.Dispose();
                counted = Count(offer);
            }
            entries[offer.Worker] = new Entry(offer, clock.GetUtcNow(), counted);
            // Without remote workers no timer is needed.
            if (IsRemote(offer)) sweep ??= clock.CreateTimer(_ => Forget(), null, silence, silence);
        }
    }

    /// <summary>Registers a remote worker, unless its key already has <paramref name="max"/> others.</summary>
    public bool TryRegister(ClaimOffer offer, RemoteName name, int max)
    {
        lock (gate)
        {
            if (!entries.ContainsKey(offer.Worker) && entries.Keys.Count(name.HasKeyOf) >= max) return false;
            Register(offer);
            return true;
        }
    }

    /// <summary>Records a heartbeat of a worker that runs a job.</summary>
    public void RecordHeartbeat(string worker)
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

    private IDisposable Count(ClaimOffer offer) =>
        drains.IsDrained(offer.Worker) ? capacity.Add([], []) : capacity.Add(offer.Lanes, offer.Models, offer.Enlarges);

    private void Forget()
    {
        lock (gate)
        {
            foreach (var (name, entry) in entries)
                if (IsRemote(entry.Offer) && clock.GetUtcNow() - entry.SeenAt > silence && entries.TryRemove(name, out _))
                    entry.Counted.Dispose();
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
