using System.Diagnostics.Metrics;

namespace Rushes.Server.Metrics;

/// <summary>Everything that is told by name: to Prometheus when it asks, and to whoever listens to the meter.</summary>
internal sealed class MetricSet : IDisposable
{
    /// <summary>What listeners ask for.</summary>
    public const string MeterName = "Rushes";

    private readonly Meter meter = new(MeterName);
    private readonly List<IMetric> all = [];

    /// <param name="known">Sets of labels that are told from the beginning: a rate needs a zero to start from.</param>
    public Counter Counter(string name, string help, params IEnumerable<Labels> known) => Add(new Counter(meter, name, help, known));

    /// <param name="bounds">Ascending, without the infinite one.</param>
    public Histogram Histogram(string name, string help, double[] bounds) => Add(new Histogram(meter, name, help, bounds));

    /// <param name="read">Asked by any thread.</param>
    public void Gauge(string name, string help, Func<IEnumerable<(Labels Labels, double Value)>> read) => Add(new Gauge(meter, name, help, read));

    public void WriteTo(Exposition text)
    {
        foreach (var metric in all) metric.WriteTo(text);
    }

    public void Dispose() => meter.Dispose();

    private T Add<T>(T metric)
        where T : IMetric
    {
        all.Add(metric);
        return metric;
    }
}

internal interface IMetric
{
    void WriteTo(Exposition text);
}
