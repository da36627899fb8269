using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rushes.Jobs;
using Rushes.Server.Settings;

namespace Rushes.Server.Traces;

/// <summary>
/// Sends the spans of this process to a collector by OTLP, a batch every few seconds. While there is none of these nobody
/// listens, and no span is made. Headers, resource attributes and the like are OpenTelemetry's own settings, <c>OTEL_…</c>.
/// </summary>
public sealed class TraceExport : IDisposable
{
    /// <summary>How long a collector that does not answer holds up the end of the program.</summary>
    private const int LastMilliseconds = 2000;

    private readonly OpenTelemetrySdk sdk;
    private readonly ExportLog trouble;

    private TraceExport(OpenTelemetrySdk sdk, ExportLog trouble) => (this.sdk, this.trouble) = (sdk, trouble);

    /// <param name="otlp">The collector's address without a path, such as <c>http://127.0.0.1:4318</c>.</param>
    /// <param name="ratio">Of the traces that begin here, 0 to 1; one that a client began is as the client has it.</param>
    /// <param name="instance">What tells this process from others of the same name.</param>
    /// <exception cref="SettingsException">It is no such address.</exception>
    public static TraceExport Start(string otlp, double ratio, string service, string instance, TimeProvider clock, ILogger<TraceExport> log)
    {
        if (!Uri.TryCreate(otlp.TrimEnd('/') + "/v1/traces", UriKind.Absolute, out var collector) || collector.Scheme is not ("http" or "https"))
            throw new SettingsException($"Otlp: \"{otlp}\" is not an address such as http://127.0.0.1:4318");
        // Without it requests would be spans that say nothing of what was asked for; a host reads it when it starts.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        var version = typeof(TraceExport).Assembly.GetName().Version!.ToString(3);
        // The environment's word comes last and so counts.
        var resource = ResourceBuilder.CreateEmpty().AddService(service, serviceVersion: version, serviceInstanceId: instance).AddTelemetrySdk().AddEnvironmentVariableDetector();
        var sdk = OpenTelemetrySdk.Create(builder => builder.WithTracing(traces => traces
            .SetResourceBuilder(resource)
            .AddSource(JobTrace.Source, WebRequests.Source)
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(ratio)))
            .AddProcessor(new WebRequests())
            .AddOtlpExporter(exporter => (exporter.Endpoint, exporter.Protocol) = (collector, OtlpExportProtocol.HttpProtobuf))));
        return new TraceExport(sdk, new ExportLog(collector, clock, log));
    }

    public void Dispose()
    {
        sdk.TracerProvider.Shutdown(LastMilliseconds);
        sdk.Dispose();
        trouble.Dispose();
    }
}
