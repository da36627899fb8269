using System.Diagnostics.Metrics;

namespace Rushes.Server.Metrics;

/// <summary>Numbers that only grow, one for each set of labels. Any thread may add.</summary>
internal sealed class Counter : IMetric
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, (Labels Labels, long Count)> counts = new(StringComparer.Ordinal);
    private readonly string name;
    private readonly string help;

    public Counter(Meter meter, string name, string help, IEnumerable<Labels> known)
    {
        (this.name, this.help) = (name, help);
        foreach (var labels in known) counts[labels.Text] = (labels, 0);
        meter.CreateObservableCounter(name, Measure, description: help);
    }

    public void Add(Labels labels, long more = 1)
    {
        lock (gate) counts[labels.Text] = (labels, counts.GetValueOrDefault(labels.Text).Count + more);
    }

    public void WriteTo(Exposition text)
    {
        text.Begin(name, "counter", help);
        lock (gate)
            foreach (var (labels, count) in counts.Values) text.Sample(name, labels, count);
    }

    private List<Measurement<long>> Measure()
    {
        lock (gate) return [.. counts.Values.Select(counted => new Measurement<long>(counted.Count, counted.Labels.Tags))];
    }
}
