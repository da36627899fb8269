using Rushes.Accounts;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.OpenRouter;

/// <summary>Converts jobs to OpenRouter's format, for responses and for webhooks.</summary>
internal sealed class OpenRouterMap(JobIds ids, ResultLinks links)
{
    /// <param name="origin">The base of URLs.</param>
    public OpenRouterVideo Video(JobView view, string origin)
    {
        var id = ids.ToUuid(view.Id);
        return new OpenRouterVideo
        {
            Id = id,
            PollingUrl = $"{origin}{OpenRouterEndpoints.Path}/{id}",
            Status = StatusOf(view),
            UnsignedUrls = view is JobView.Completed done ? [links.To(done, origin)] : null,
            Usage = view is JobView.Ended ended ? new OpenRouterUsage(CostOf(ended)) : null,
            Error = ErrorOf(view),
            QueuePosition = (view as JobView.Waiting)?.QueuePosition,
            EtaSeconds = view.Remaining is { } left ? (long)Math.Ceiling(left.TotalSeconds) : null,
            DraftUrl = links.ToDraft(view.Draft, origin),
        };
    }

    /// <summary>Why there is no video; null if there is one, or not yet.</summary>
    public static string? ErrorOf(JobView view) => view switch
    {
        JobView.Failed failed => failed.Error.Message,
        JobView.Cancelled => "Cancelled on request.",
        _ => null,
    };

    public static string StatusOf(JobView view) => view switch
    {
        JobView.Running => "in_progress",
        JobView.Completed => "completed",
        JobView.Failed { Error.Code: "deadline_exceeded" or "start_timeout" or "approval_timeout" } => "expired",
        JobView.Failed => "failed",
        JobView.Cancelled => "cancelled",
        _ => "pending",
    };

    private static decimal CostOf(JobView.Ended ended) => ended is JobView.Completed ? Money.Units(ended.Job.Price) : 0;
}
