using System.Globalization;
using System.Text.Json;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>Converts jobs to Replicate's format, for responses and for webhooks.</summary>
internal sealed class ReplicateMap(ReplicateModels models, JobIds ids, ResultLinks links, KeepRules keep, TimeProvider clock)
{
    private const int BarLength = 10;

    /// <param name="origin">The base of URLs.</param>
    /// <param name="known">What is stored of the request, if it need not be read from the job.</param>
    public ReplicatePrediction Prediction(ShownJob shown, string origin, ReplicateEcho? known = null)
    {
        var (job, view) = shown;
        var echo = known ?? EchoOf(job);
        var id = ids.ToShort(job.Id);
        var url = $"{origin}/v1/predictions/{id}";
        var removed = view is JobView.Completed && keep.ExpiryOf(job.EndedAt) <= clock.GetUtcNow();
        return new ReplicatePrediction
        {
            Id = id,
            Model = echo.Model,
            Version = models.Find(ReplicateModels.NameOf(job.Model)) is { } listing ? models.VersionOf(listing) : "hidden",
            Input = echo.Input,
            Output = view is JobView.Completed done && !removed ? links.To(done, origin) : null,
            Logs = Logs(job, view),
            Error = view is JobView.Failed failed ? failed.Error.Message : null,
            Status = StatusOf(view),
            CreatedAt = job.CreatedAt,
            StartedAt = view is JobView.Running running ? running.StartedAt : job.StartedAt,
            CompletedAt = job.EndedAt,
            Deadline = job.Deadline,
            Metrics = MetricsOf(job),
            DataRemoved = removed,
            Urls = new ReplicateUrls(url, $"{url}/cancel"),
            DraftUrl = links.ToDraft(job.Draft, origin),
            DraftError = job.Draft.State == DraftState.Failed ? ResultLinks.NoDraft : null,
            AwaitingApproval = view.State == JobState.Awaiting,
        };
    }

    /// <summary>A prediction that missed its deadline counts as canceled; clients do not know <c>aborted</c>.</summary>
    private static string StatusOf(JobView view) => view switch
    {
        JobView.Running => "processing",
        JobView.Completed => "succeeded",
        JobView.Failed { Error.Code: not "deadline_exceeded" } => "failed",
        JobView.Ended => "canceled",
        _ => "starting",
    };

    /// <summary>Such as <c> 50%|█████     | 2/4</c>; the last one of a run is kept.</summary>
    private static string Logs(Job job, JobView view)
    {
        var progress = view is JobView.Running running ? running.Progress : job.Progress;
        if (progress.Total <= 0) return "";
        var percent = (int)Math.Clamp(100L * progress.Done / progress.Total, 0, 100);
        var bar = new string('█', percent * BarLength / 100).PadRight(BarLength);
        return string.Create(CultureInfo.InvariantCulture, $"{percent,3}%|{bar}| {progress.Done}/{progress.Total}\n");
    }

    private static ReplicateMetrics? MetricsOf(Job job) => job is { StartedAt: { } started, EndedAt: { } ended }
        ? new ReplicateMetrics(
            Math.Round((ended - started).TotalSeconds, 3), Math.Round((ended - job.CreatedAt).TotalSeconds, 3))
        : null;

    /// <summary>Jobs of other APIs have the catalog's id of their model, and its fields.</summary>
    private static ReplicateEcho EchoOf(Job job) =>
        job is { Dialect: ReplicateModels.Dialect, Echo: { } echo }
            ? JsonSerializer.Deserialize(echo, ReplicateWire.Json.ReplicateEcho)!
            : new ReplicateEcho(ReplicateModels.NameOf(job.Model), JobInput.Parse(job.Input).All);
}
