using Microsoft.Extensions.Logging;
using Rushes.Database;

namespace Rushes.Webhooks;

internal static partial class WebhookLog
{
    [LoggerMessage(
        Level = LogLevel.Information, Message = "WebhookTried {Delivery} of job {Job}, try {Number}: status {Status}, now "
            + "{State}")]
    public static partial void WebhookTried(
        this ILogger log, long delivery, long job, int number, int? status, DeliveryState state);

    [LoggerMessage(Level = LogLevel.Error, Message = "WebhookNotWritten {Delivery} of job {Job} in dialect {Dialect}")]
    public static partial void WebhookNotWritten(this ILogger log, Exception error, long delivery, long job, string dialect);

    [LoggerMessage(Level = LogLevel.Error, Message = "WebhookNotRecorded {Delivery} of job {Job}: it will be sent again")]
    public static partial void WebhookNotRecorded(this ILogger log, Exception error, long delivery, long job);

    [LoggerMessage(Level = LogLevel.Error, Message = "OutboxUnread: retrying")]
    public static partial void OutboxUnread(this ILogger log, Exception error);
}
