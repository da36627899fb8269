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
/// Sends this process' spans, and its metrics if asked to, to a collector by OTLP, a batch every few seconds. While there is
/// none of these nobody listens, and no span is made. Headers, resource attributes and the like are OpenTelemetry's own
/// settings, <c>OTEL_…</c>.
/// </summary>
public sealed class OtlpExport : IDisposable
{
    /// <summary>How long a collector that does not answer holds up the end of the program.</summary>
    private const int LastMilliseconds = 2000;

    private readonly OpenTelemetrySdk sdk;
    private readonly ExportLog trouble;

    private OtlpExport(OpenTelemetrySdk sdk, ExportLog trouble) => (this.sdk, this.trouble) = (sdk, trouble);

    /// <summary>Sends spans alone.</summary>
    /// <exception cref="SettingsException">The collector is not an address.</exception>
    public static OtlpExport Start(
        string collector, double ratio, string service, string instance, TimeProvider clock, ILogger<OtlpExport> log) =>
        Start(collector, ratio, null, service, instance, clock, log);

    /// <param name="collector">Its address without a path, such as <c>http://127.0.0.1:4318</c>.</param>
    /// <param name="ratio">Of the traces that begin here, 0 to 1; one that a client began is as the client has it.</param>
    /// <param name="instance">What tells this process from others of the same name.</param>
    /// <exception cref="SettingsException">It is no such address.</exception>
    internal static OtlpExport Start(
        string collector, double ratio, MetricSet? metrics, string service, string instance, TimeProvider clock,
        ILogger<OtlpExport> log)
    {
        var (traces, numbers) = (Address(collector, "traces"), Address(collector, "metrics"));
        var version = typeof(OtlpExport).Assembly.GetName().Version!.ToString(3);
        // The environment's word comes last and so counts.
        var resource = ResourceBuilder.CreateEmpty()
            .AddService(service, serviceVersion: version, serviceInstanceId: instance)
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
