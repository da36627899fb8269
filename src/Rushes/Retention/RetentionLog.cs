using Microsoft.Extensions.Logging;

namespace Rushes.Retention;

internal static partial class RetentionLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "RowsPruned {Count}: old jobs, deliveries and idempotency keys")]
    public static partial void RowsPruned(this ILogger log, long count);

    [LoggerMessage(
        Level = LogLevel.Information, Message = "FilesSwept {Expired} old, {Strays} that belonged to no job, {Unfinished} "
            + "unfinished")]
    public static partial void FilesSwept(this ILogger log, int expired, int strays, int unfinished);

    [LoggerMessage(
        Level = LogLevel.Error, Message = "StoreOfAnotherDatabase: {Key} in the file store belongs to another database; no files "
            + "are deleted. If this database is the right one, delete that file")]
    public static partial void StoreOfAnotherDatabase(this ILogger log, string key);

    [LoggerMessage(Level = LogLevel.Warning, Message = "StoreAway: {Reason} Retrying at the next run")]
    public static partial void StoreAway(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "HousekeepingFailed: retrying at the next run")]
    public static partial void HousekeepingFailed(this ILogger log, Exception error);
}
