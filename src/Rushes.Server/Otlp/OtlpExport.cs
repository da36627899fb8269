using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rushes.Jobs;
using Rushes.Server.Metrics;
using Rushes.Server.Settings;

namespace Rushes.Server.Otlp;

/// <summary>
/// Sends the spans of this process, and optionally its metrics, to an OTLP collector, in a batch every few seconds. Without
/// an exporter no spans are recorded. Headers, resource attributes and the like are OpenTelemetry's own settings,
/// <c>OTEL_…</c>.
/// </summary>
public sealed class OtlpExport : IDisposable
{
    /// <summary>How long a collector that does not respond can delay the exit of the program.</summary>
    private const int LastMilliseconds = 2000;

    private readonly OpenTelemetrySdk sdk;
    private readonly ExportLog trouble;

    private OtlpExport(OpenTelemetrySdk sdk, ExportLog trouble) => (this.sdk, this.trouble) = (sdk, trouble);

    /// <summary>Sends only spans.</summary>
    /// <exception cref="SettingsException">The collector's address is invalid.</exception>
    public static OtlpExport Start(
        string collector, double ratio, string service, string instance, TimeProvider clock, ILogger<OtlpExport> log) =>
        Start(collector, ratio, null, service, instance, clock, log);

    /// <param name="collector">The collector's address without a path, such as <c>http://127.0.0.1:4318</c>.</param>
    /// <param name="ratio">The sampling ratio of traces that start here, 0 to 1. Traces that a client started follow the
    /// client's decision.</param>
    /// <param name="instance">Distinguishes this process from others with the same name.</param>
    /// <exception cref="SettingsException">The collector's address is invalid.</exception>
    internal static OtlpExport Start(
        string collector, double ratio, MetricSet? metrics, string service, string instance, TimeProvider clock,
        ILogger<OtlpExport> log)
    {
        var (traces, numbers) = (Address(collector, "traces"), Address(collector, "metrics"));
        // Last, so that the environment variables take precedence.
        var resource = ResourceBuilder.CreateEmpty()
            .AddService(service, serviceVersion: ProgramVersion.Text, serviceInstanceId: instance)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        var sdk = OpenTelemetrySdk.Create(builder =>
        {
            builder.WithTracing(tracing => tracing
                .SetResourceBuilder(resource)
                .AddSource(JobTrace.Source)
                .AddAspNetCoreInstrumentation()
                .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(ratio)))
                .AddProcessor(new WebRequests())
                .AddOtlpExporter(exporter => (exporter.Endpoint, exporter.Protocol) = (traces, OtlpExportProtocol.HttpProtobuf)));
            if (metrics is not null)
                builder.WithMetrics(metering => metrics.CollectBy(metering)
                    .SetResourceBuilder(resource)
                    .AddOtlpExporter(
                        exporter => (exporter.Endpoint, exporter.Protocol) = (numbers, OtlpExportProtocol.HttpProtobuf)));
        });
        return new OtlpExport(sdk, new ExportLog(collector, clock, log));
    }

    public void Dispose()
    {
        sdk.TracerProvider.Shutdown(LastMilliseconds);
        sdk.MeterProvider.Shutdown(LastMilliseconds);
        sdk.Dispose();
        trouble.Dispose();
    }

    private static Uri Address(string collector, string signal) =>
        Uri.TryCreate($"{collector.TrimEnd('/')}/v1/{signal}", UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https"
            ? address
            : throw new SettingsException($"Otlp: \"{collector}\" is not an address such as http://127.0.0.1:4318");
}
