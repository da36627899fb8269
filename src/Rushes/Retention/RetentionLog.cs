using Microsoft.Extensions.Logging;

namespace Rushes.Retention;

internal static partial class RetentionLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "RowsPruned {Count}: jobs, deliveries and idempotency keys whose time was over")]
    public static partial void RowsPruned(this ILogger log, long count);

    [LoggerMessage(Level = LogLevel.Information, Message = "FilesSwept {Expired} whose time was over, {Strays} that belonged to no job, {Unfinished} unfinished")]
    public static partial void FilesSwept(this ILogger log, int expired, int strays, int unfinished);

    [LoggerMessage(Level = LogLevel.Error, Message = "StoreOfAnotherDatabase: {Key} in the file store names another database than this; no file is removed. If this is the right one, delete that file")]
    public static partial void StoreOfAnotherDatabase(this ILogger log, string key);

    [LoggerMessage(Level = LogLevel.Warning, Message = "StoreAway: {Reason} It is gone through another time")]
    public static partial void StoreAway(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "HousekeepingFailed: it is tried again")]
    public static partial void HousekeepingFailed(this ILogger log, Exception error);
}
