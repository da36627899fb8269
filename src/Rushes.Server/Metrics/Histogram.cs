namespace Rushes.Server.Metrics;

/// <summary>How many values were at most each bound, for each set of labels. Any thread may add.</summary>
/// <param name="bounds">Ascending, without the infinite one.</param>
internal sealed class Histogram(double[] bounds)
{
    /// <summary>From a tenth of a second to two hours.</summary>
    public static readonly double[] Seconds = [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 7200];

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Series> series = new(StringComparer.Ordinal);

    /// <param name="labels">As they are written; empty for none.</param>
    public void Add(string labels, double value)
    {
        lock (gate)
        {
            if (!series.TryGetValue(labels, out var found)) series[labels] = found = new Series(new long[bounds.Length + 1]);
            var slot = Array.FindIndex(bounds, bound => value <= bound);
            found.Counts[slot < 0 ? bounds.Length : slot]++;
            found.Sum += value;
        }
    }

    public void WriteTo(Exposition text, string name, string help)
    {
        text.Begin(name, "histogram", help);
        lock (gate)
        {
            foreach (var (labels, found) in series)
            {
                var before = labels.Length == 0 ? "" : labels + ",";
                var count = 0L;
                for (var i = 0; i < found.Counts.Length; i++)
                {
                    count += found.Counts[i];
                    text.Sample($"{name}_bucket", $"{before}le=\"{(i < bounds.Length ? Exposition.Number(bounds[i]) : "+Inf")}\"", count);
                }
                text.Sample($"{name}_sum", labels, found.Sum);
                text.Sample($"{name}_count", labels, count);
            }
        }
    }

    private sealed class Series(long[] counts)
    {
        public long[] Counts => counts;

        public double Sum { get; set; }
    }
}
