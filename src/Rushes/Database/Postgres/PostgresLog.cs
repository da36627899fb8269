using Microsoft.Extensions.Logging;

namespace Rushes.Database.Postgres;

internal static partial class PostgresLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "DatabaseAway {Server}: {Reason}; retrying")]
    public static partial void DatabaseAway(this ILogger log, string server, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "DatabaseBack {Server} after {Seconds:0.0} seconds")]
    public static partial void DatabaseBack(this ILogger log, string server, double seconds);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "ClockWrong: this machine's clock differs by {Seconds:0.0} seconds from that of "
            + "{Server}, which is used")]
    public static partial void ClockWrong(this ILogger log, string server, double seconds);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "FeedLost {Server}: {Reason}; commits of other gateways are missing until it is "
            + "restored")]
    public static partial void FeedLost(this ILogger log, string server, string reason);
}
