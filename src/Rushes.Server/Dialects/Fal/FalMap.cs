using System.Globalization;
using System.Text.Json;
using Rushes.Files;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Fal;

/// <summary>Converts jobs to fal's format.</summary>
internal static class FalMap
{
    /// <summary>URLs contain only the app, not the path of the create call.</summary>
    public static FalStatus Status(JobView job, string origin, FalApp app, string id, string? draftUrl)
    {
        var response = $"{origin}/{app}/requests/{id}";
        var status = new FalStatus
        {
            Status = StatusOf(job.State), RequestId = id, ResponseUrl = response, StatusUrl = response + "/status",
            CancelUrl = response + "/cancel",
            DraftUrl = draftUrl, DraftError = job.Draft.State == DraftState.Failed ? ResultLinks.NoDraft : null,
            ApproveUrl = job.State == JobState.Awaiting ? response + "/approve" : null,
            PreviewUrl = job.Preview is null ? null : response + "/preview",
        };
        if (job is JobView.Waiting waiting) return status with { QueuePosition = waiting.QueuePosition };
        if (job is not JobView.Ended ended) return status;
        var failure = FalFailure.Of(ended);
        return status with { Metrics = new FalMetrics(RunTime(ended.Job)), Error = failure?.Message, ErrorType = failure?.Type };
    }

    /// <summary>Log lines of a run, made from its times and progress; engine output is not stored.</summary>
    public static IReadOnlyList<FalLog> Logs(JobView job, DateTimeOffset now) => job switch
    {
        JobView.Running { Progress: { Total: > 0 } progress } running =>
            [Started(running.StartedAt), Line($"{progress.Done}/{progress.Total} tasks done.", now)],
        JobView.Running running => [Started(running.StartedAt)],
        JobView.Ended { Job.StartedAt: { } startedAt } ended => [Started(startedAt), LastLine(ended, ended.Job.EndedAt ?? now)],
        _ => [],
    };

    public static FalResult Result(JobView.Completed job, string link)
    {
        var key = job.ResultKey;
        return new(
            new FalFile(link, FileKey.ContentTypeOf(key), key[(key.LastIndexOf('/') + 1)..], job.Job.ResultBytes), Seed(job.Job));
    }

    private static string StatusOf(JobState state) => state switch
    {
        JobState.Pending or JobState.Retry or JobState.Awaiting => "IN_QUEUE",
        JobState.Running => "IN_PROGRESS",
        _ => "COMPLETED",
    };

    private static double? RunTime(Job job) =>
        job is { StartedAt: { } from, EndedAt: { } to } ? Math.Round((to - from).TotalSeconds, 3) : null;

    private static long Seed(Job job)
    {
        using var input = JsonDocument.Parse(job.Input);
        return input.RootElement.TryGetProperty("seed", out var seed) && seed.TryGetInt64(out var number) ? number : 0;
    }

    private static FalLog Started(DateTimeOffset at) => Line("Started.", at);

    private static FalLog LastLine(JobView.Ended job, DateTimeOffset at) => FalFailure.Of(job) is { } failure
        ? Line(failure.Message, at, "ERROR")
        : Line(string.Create(CultureInfo.InvariantCulture, $"Completed in {RunTime(job.Job):0.0} seconds."), at);

    private static FalLog Line(string message, DateTimeOffset at, string level = "INFO") => new(message, level, "USER", at);
}
