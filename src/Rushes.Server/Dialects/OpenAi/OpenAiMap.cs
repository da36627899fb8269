using System.Globalization;
using System.Text.Json;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>Converts jobs to OpenAI's format.</summary>
internal sealed class OpenAiMap(JobIds ids, ResultLinks links, KeepRules keep)
{
    public static readonly OpenAiVideoError Cancelled = new("cancelled", "Cancelled on request");

    /// <param name="origin">The base of download URLs.</param>
    public OpenAiVideo Video(ShownJob shown, string origin)
    {
        var (job, view) = shown;
        var echo = EchoOf(job);
        return new OpenAiVideo
        {
            Id = ids.ToVideoId(job.Id),
            Model = echo.Model,
            Status = StatusOf(view.State),
            Progress = ProgressOf(job, view),
            CreatedAt = job.CreatedAt.ToUnixTimeSeconds(),
            CompletedAt = view is JobView.Completed { Job.EndedAt: { } ended } ? ended.ToUnixTimeSeconds() : null,
            ExpiresAt = view is JobView.Completed done ? keep.ExpiryOf(done.Job.EndedAt)?.ToUnixTimeSeconds() : null,
            Prompt = JobInput.Parse(job.Input).Text("prompt"),
            Size = $"{job.Plan.Delivery.Width}x{job.Plan.Delivery.Height}",
            Seconds = job.Plan.Delivery.Seconds.ToString("0.##", CultureInfo.InvariantCulture),
            RemixedFromVideoId = echo.RemixedFrom,
            Error = ErrorOf(view),
            QueuePosition = (view as JobView.Waiting)?.QueuePosition,
            EtaSeconds = view.Remaining is { } left ? (long)Math.Ceiling(left.TotalSeconds) : null,
            DraftUrl = links.ToDraft(job.Draft, origin),
            DraftError = job.Draft.State == DraftState.Failed ? ResultLinks.NoDraft : null,
            AwaitingApproval = view.State == JobState.Awaiting,
        };
    }

    /// <summary>Why there is no video; null if there is one, or not yet.</summary>
    public static OpenAiVideoError? ErrorOf(JobView view) => view switch
    {
        JobView.Failed failed => new(failed.Error.Code, failed.Error.Message),
        JobView.Cancelled => Cancelled,
        _ => null,
    };

    private static string StatusOf(JobState state) => state switch
    {
        JobState.Running => "in_progress",
        JobState.Completed => "completed",
        JobState.Failed or JobState.Cancelled => "failed",
        _ => "queued",
    };

    private static int ProgressOf(Job job, JobView view)
    {
        if (view is JobView.Completed) return 100;
        var progress = view is JobView.Running running ? running.Progress : job.Progress;
        return progress.Total > 0 ? Math.Clamp(100 * progress.Done / progress.Total, 0, 99) : 0;
    }

    /// <summary>Jobs of other APIs have the catalog's id of their model.</summary>
    public static OpenAiEcho EchoOf(Job job) =>
        job is { Dialect: OpenAiModels.Dialect, Echo: { } echo }
            ? JsonSerializer.Deserialize(echo, OpenAiWire.Json.OpenAiEcho)!
            : new OpenAiEcho(job.Model);
}
