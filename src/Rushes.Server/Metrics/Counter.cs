using System.Diagnostics.Metrics;

namespace Rushes.Server.Metrics;

/// <summary>A counter with a value for each set of labels. Thread-safe.</summary>
internal sealed class Counter
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, (Labels Labels, long Count)> counts = new(StringComparer.Ordinal);

    public Counter(Meter meter, string name, string help, IEnumerable<Labels> known)
    {
        foreach (var labels in known) counts[labels.Text] = (labels, 0);
        meter.CreateObservableCounter(name, Measure, description: help);
    }

    public void Add(Labels labels, long more = 1)
    {
        lock (gate) counts[labels.Text] = (labels, counts.GetValueOrDefault(labels.Text).Count + more);
    }

    private List<Measurement<long>> Measure()
    {
        lock (gate) return [.. counts.Values.Select(counted => new Measurement<long>(counted.Count, counted.Labels.Tags))];
    }
}
