using System.Collections.Concurrent;
using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Work.Remote;

namespace Rushes.Server.WorkerApi;

/// <summary>Remote workers that were heard of lately: their slots count for the waiting times.</summary>
/// <param name="silence">After so long without a word a worker counts as gone.</param>
internal sealed class WorkerRoster(ModelCatalog catalog, Capacity capacity, TimeSpan silence, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private ITimer? sweep;

    /// <summary>Null: every model it offers is known. Else the one that is not.</summary>
    public string? Meet(WorkerCard card)
    {
        if (card.Models.FirstOrDefault(id => catalog.Find(id) is null) is { } unknown) return unknown;
        var entry = entries.GetOrAdd(card.Name, name => new Entry { Counted = capacity.Add(LanesOf(card)) });
        (entry.Card, entry.SeenAt) = (card, clock.GetUtcNow());
        lock (gate) sweep ??= clock.CreateTimer(_ => Forget(), null, silence, silence);
        return null;
    }

    public void Hear(string worker, Progress progress, long job)
    {
        if (entries.TryGetValue(worker, out var entry)) (entry.SeenAt, entry.Progress, entry.Job) = (clock.GetUtcNow(), progress, job);
    }

    public void Rest(string worker)
    {
        if (entries.TryGetValue(worker, out var entry)) (entry.Job, entry.Progress) = (null, default);
    }

    public IReadOnlyList<Entry> All => [.. entries.Values.OrderBy(entry => entry.Card.Name, StringComparer.Ordinal)];

    public IReadOnlyList<string> LanesOf(WorkerCard card) => [.. card.Models.Select(id => catalog.Find(id)!.Lane).Distinct()];

    public void Dispose() => sweep?.Dispose();

    /// <summary>While there is no remote worker there is no timer either.</summary>
    private void Forget()
    {
        foreach (var (name, entry) in entries)
            if (clock.GetUtcNow() - entry.SeenAt > silence && entries.TryRemove(name, out _)) entry.Counted.Dispose();
        lock (gate)
        {
            if (!entries.IsEmpty) return;
            sweep?.Dispose();
            sweep = null;
        }
    }

    internal sealed class Entry
    {
        public WorkerCard Card { get; set; } = null!;

        public DateTimeOffset SeenAt { get; set; }

        public long? Job { get; set; }

        public Progress Progress { get; set; }

        public required IDisposable Counted { get; init; }
    }
}
