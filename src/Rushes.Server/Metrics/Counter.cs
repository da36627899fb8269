namespace Rushes.Server.Metrics;

/// <summary>Counts that only grow, one for each set of labels. Any thread may add.</summary>
internal sealed class Counter
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);

    /// <param name="known">Sets of labels that are written from the beginning: a rate needs a zero to start from.</param>
    public Counter(params IEnumerable<string> known)
    {
        foreach (var labels in known) counts[labels] = 0;
    }

    public void Add(string labels, long more = 1)
    {
        lock (gate) counts[labels] = counts.GetValueOrDefault(labels) + more;
    }

    public void WriteTo(Exposition text, string name, string help)
    {
        text.Begin(name, "counter", help);
        lock (gate)
            foreach (var (labels, count) in counts) text.Sample(name, labels, count);
    }
}
