using System.Globalization;
using System.Text.Json;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>Converts jobs to Replicate's format, for responses and for webhooks.</summary>
internal sealed class ReplicateMap(ReplicateModels models, JobIds ids, ResultLinks links)
{
    private const int BarLength = 10;

    /// <param name="view">The job as it is now.</param>
    /// <param name="origin">The base of URLs.</param>
    public ReplicatePrediction Prediction(Job job, JobView view, string origin)
    {
        var echo = EchoOf(job);
        var id = ids.ToShort(job.Id);
        var url = $"{origin}/v1/predictions/{id}";
        return new ReplicatePrediction
        {
            Id = id,
            Model = echo.Model,
            Version = models.Find(ReplicateModels.NameOf(job.Model)) is { } listing ? models.VersionOf(listing) : "hidden",
            Input = echo.Input,
            Output = view is JobView.Completed done ? links.To(done, origin) : null,
            Logs = Logs(view),
            Error = view is JobView.Failed failed ? failed.Error.Message : null,
            Status = StatusOf(view.State),
            CreatedAt = job.CreatedAt,
            StartedAt = view is JobView.Running running ? running.StartedAt : job.StartedAt,
            CompletedAt = job.EndedAt,
            Metrics = MetricsOf(job),
            Urls = new ReplicateUrls(url, $"{url}/cancel"),
            DraftUrl = links.ToDraft(job.Draft, origin),
            DraftError = job.Draft.State == DraftState.Failed ? ResultLinks.NoDraft : null,
            AwaitingApproval = view.State == JobState.Awaiting,
        };
    }

    private static string StatusOf(JobState state) => state switch
    {
        JobState.Running => "processing",
        JobState.Completed => "succeeded",
        JobState.Failed => "failed",
        JobState.Cancelled => "canceled",
        _ => "starting",
    };

    /// <summary>Such as <c> 50%|█████     | 2/4</c>.</summary>
    private static string Logs(JobView view)
    {
        if (view is not JobView.Running { Progress: { Total: > 0 } progress }) return "";
        var percent = Math.Clamp(100 * progress.Done / progress.Total, 0, 100);
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
