using Microsoft.Extensions.Logging;
using Rushes.Server.Settings;

namespace Rushes.Cli;

/// <summary>How log lines look: for people, or a JSON object a line for programs.</summary>
internal static class LogLines
{
    public static void Write(ILoggingBuilder logging, GatewayOptions options)
    {
        logging.Configure(factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        // People are told the trace while there are any; a program finds what there is.
        if (options.LogFormat == "json")
            logging.AddJsonConsole(line => (line.IncludeScopes, line.UseUtcTimestamp, line.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        else
            logging.AddSimpleConsole(line => (line.IncludeScopes, line.SingleLine, line.TimestampFormat) = (options.Otlp is not null, true, "HH:mm:ss "));
    }
}
