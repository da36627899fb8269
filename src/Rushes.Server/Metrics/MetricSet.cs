using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Rushes.Server.Settings;

namespace Rushes.Server.Metrics;

/// <summary>The gateway's meter, and its Prometheus exporter if that is enabled.</summary>
internal sealed class MetricSet : IDisposable
{
    /// <summary>Bucket bounds of histograms of times, from 0.1 seconds to two hours.</summary>
    public static readonly double[] Seconds = [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600, 7200];

    private const string MeterName = "Rushes";

    private readonly Meter meter = new(MeterName);
    private readonly OpenTelemetrySdk? scraped;

    public MetricSet(GatewayOptions options)
    {
        if (options.Metrics is "admin" or "open") scraped = OpenTelemetrySdk.Create(builder => builder.WithMetrics(Expose));
    }

    /// <param name="known">Sets of labels that start at zero, because a rate needs a first value.</param>
    public Counter Counter(string name, string help, params IEnumerable<Labels> known) => new(meter, name, help, known);

    /// <param name="bounds">Ascending, without infinity.</param>
    public Histogram<double> Histogram(string name, string help, double[] bounds) =>
        meter.CreateHistogram(
            name, description: help, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    /// <param name="read">Called on any thread.</param>
    public void Gauge(
        string name, string help, Func<IEnumerable<(Labels Labels, double Value)>> read) => meter.CreateObservableGauge(
        name, () => read().Select(sample => new Measurement<double>(sample.Value, sample.Labels.Tags)), description: help);

    /// <summary>Collects only this meter, not those of other gateways in the same process.</summary>
    public MeterProviderBuilder CollectBy(MeterProviderBuilder provider) =>
        provider.AddMeter(MeterName).AddView(instrument => instrument.Meter == meter ? null : MetricStreamConfiguration.Drop);

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder routes) => routes
        .MapPrometheusScrapingEndpoint("/metrics", scraped?.MeterProvider, configureBranchedPipeline: null, optionsName: null)
        .WithMetadata(new HttpMethodMetadata([HttpMethods.Get]));

    public void Dispose()
    {
        scraped?.Dispose();
        meter.Dispose();
    }

    private void Expose(MeterProviderBuilder provider) => CollectBy(provider).AddPrometheusExporter(exporter =>
    {
        exporter.ScrapeResponseCacheDurationMilliseconds = 0;
        exporter.ScopeInfoEnabled = false;
        exporter.TargetInfoEnabled = false;
    });
}

/// <summary>What distinguishes the values of one metric.</summary>
internal sealed class Labels(params (string Name, string Value)[] pairs)
{
    public static readonly Labels None = new();

    /// <summary>Equal for equal labels.</summary>
    public string Text { get; } = string.Join('\n', pairs.Select(pair => $"{pair.Name}={pair.Value}"));

    public KeyValuePair<string, object?>[] Tags { get; } =
        [.. pairs.Select(pair => KeyValuePair.Create(pair.Name, (object?)pair.Value))];
}
