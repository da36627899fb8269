using Rushes.Intake;

namespace Rushes.Server;

/// <summary>Logs what the safety checker rejected: account and category, never the content.</summary>
internal static partial class SafetyLog
{
    public static void LogTo(this SafetyCheck safety, ILogger log)
    {
        safety.Rejected += rejection =>
            log.ContentRejected(
                rejection.Account, rejection.Model, rejection.Field, rejection.Category,
                rejection.ByEndpoint ? "endpoint" : "list");
        safety.Failed += reason => log.ModerationFailed(reason);
    }

    [LoggerMessage(
        Level = LogLevel.Information, Message = "ContentRejected to account {Account}, model {Model}: {Field} is {Category} by "
            + "the {Judge}")]
    private static partial void ContentRejected(
        this ILogger log, int account, string model, string field, string category, string judge);

    [LoggerMessage(Level = LogLevel.Warning, Message = "ModerationFailed: {Reason}")]
    private static partial void ModerationFailed(this ILogger log, string reason);
}
