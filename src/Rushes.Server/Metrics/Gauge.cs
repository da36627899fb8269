using System.Diagnostics.Metrics;

namespace Rushes.Server.Metrics;

/// <summary>Numbers as they stand when somebody asks.</summary>
internal sealed class Gauge : IMetric
{
    private readonly string name;
    private readonly string help;
    private readonly Func<IEnumerable<(Labels Labels, double Value)>> read;

    public Gauge(Meter meter, string name, string help, Func<IEnumerable<(Labels Labels, double Value)>> read)
    {
        (this.name, this.help, this.read) = (name, help, read);
        meter.CreateObservableGauge(name, () => read().Select(sample => new Measurement<double>(sample.Value, sample.Labels.Tags)), description: help);
    }

    public void WriteTo(Exposition text)
    {
        text.Begin(name, "gauge", help);
        foreach (var (labels, value) in read()) text.Sample(name, labels, value);
    }
}
