using System.Diagnostics.Metrics;

namespace Rushes.Server.Metrics;

/// <summary>How many values were at most each bound, for each set of labels. Any thread may add.</summary>
internal sealed class Histogram : IMetric
{
    /// <summary>From a tenth of a second to two hours.</summary>
    public static readonly double[] Seconds = [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 7200];

    private readonly Lock gate = new();
    private readonly SortedDictionary<string, Series> series = new(StringComparer.Ordinal);
    private readonly string name;
    private readonly string help;
    private readonly double[] bounds;
    private readonly Histogram<double> instrument;

    public Histogram(Meter meter, string name, string help, double[] bounds)
    {
        (this.name, this.help, this.bounds) = (name, help, bounds);
        instrument = meter.CreateHistogram(name, description: help, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });
    }

    public void Add(Labels labels, double value)
    {
        instrument.Record(value, labels.Tags);
        lock (gate)
        {
            if (!series.TryGetValue(labels.Text, out var found)) series[labels.Text] = found = new Series(labels, new long[bounds.Length + 1]);
            var slot = Array.FindIndex(bounds, bound => value <= bound);
            found.Counts[slot < 0 ? bounds.Length : slot]++;
            found.Sum += value;
        }
    }

    public void WriteTo(Exposition text)
    {
        text.Begin(name, "histogram", help);
        lock (gate)
            foreach (var found in series.Values) WriteTo(text, found);
    }

    private void WriteTo(Exposition text, Series found)
    {
        var count = 0L;
        for (var i = 0; i <= bounds.Length; i++)
        {
            count += found.Counts[i];
            text.Bucket(name, found.Labels, i < bounds.Length ? bounds[i] : double.PositiveInfinity, count);
        }
        text.Sample($"{name}_sum", found.Labels, found.Sum);
        text.Sample($"{name}_count", found.Labels, count);
    }

    private sealed class Series(Labels labels, long[] counts)
    {
        public Labels Labels => labels;

        public long[] Counts => counts;

        public double Sum { get; set; }
    }
}
