using Microsoft.Extensions.Logging;
using Rushes.Server.Settings;

namespace Rushes.Cli;

/// <summary>The log format: text, or one JSON object per line.</summary>
internal static class LogLines
{
    public static void Write(ILoggingBuilder logging, GatewayOptions options)
    {
        logging.Configure(
            factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        // In text, scopes are only useful for their trace ids.
        if (options.LogFormat == "json")
            logging.AddJsonConsole(line =>
                (line.IncludeScopes, line.UseUtcTimestamp, line.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        else
            logging.AddSimpleConsole(line =>
                (line.IncludeScopes, line.SingleLine, line.TimestampFormat) = (options.Otlp is not null, true, "HH:mm:ss "));
    }
}
