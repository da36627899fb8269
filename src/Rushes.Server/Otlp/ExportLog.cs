using System.Diagnostics.Tracing;
using System.Globalization;

namespace Rushes.Server.Otlp;

/// <summary>Logs export failures, at most once a minute. The exporter reports them only as events.</summary>
internal sealed partial class ExportLog(string collector, TimeProvider clock, ILogger log) : EventListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long said;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol") EnableEvents(eventSource, EventLevel.Error);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        var before = Interlocked.Read(ref said);
        if (before != 0 && clock.GetElapsedTime(before) < Pause) return;
        if (Interlocked.CompareExchange(ref said, clock.GetTimestamp(), before) != before) return;
        NotExported(collector, Reason(eventData));
    }

    /// <summary>Without the stack trace.</summary>
    private static string Reason(EventWrittenEventArgs written)
    {
        var message = written.Message is { } form && written.Payload is { } values
            ? string.Format(CultureInfo.InvariantCulture, form, [.. values])
            : written.EventName ?? "";
        return message.Split('\n')[0].Trim();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "NotExported to {Collector}: {Reason}")]
    private partial void NotExported(string collector, string reason);
}
