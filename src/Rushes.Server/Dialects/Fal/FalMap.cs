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
            Status = StatusOf(job.State), RequestId = id, ResponseUrl = response, StatusUrl = response + "/status", CancelUrl = response + "/cancel",
            DraftUrl = draftUrl, DraftError = job.Draft.State == DraftState.Failed ? ResultLinks.NoDraft : null,
            ApproveUrl = job.State == JobState.Awaiting ? response + "/approve" : null,
            PreviewUrl = job.Preview is null ? null : response + "/preview",
        };
        if (job.State.IsWaiting) return status with { QueuePosition = job.QueuePosition };
        if (!job.State.IsFinished) return status;
        var failure = FalFailure.Of(job.Stored!);
        return status with { Metrics = new FalMetrics(RunTime(job.Stored!)), Error = failure?.Message, ErrorType = failure?.Type };
    }

    /// <summary>Log lines of a run, made from its times and progress; engine output is not stored.</summary>
    public static IReadOnlyList<FalLog> Logs(JobView job, DateTimeOffset now)
    {
        if (job.State.IsWaiting || job.StartedAt is not { } started) return [];
        var begun = Line("Started.", started);
        return job switch
        {
            { State: JobState.Running, Progress: { Total: > 0 } progress } => [begun, Line($"{progress.Done}/{progress.Total} tasks done.", now)],
            { State: JobState.Running } => [begun],
            { State: JobState.Completed, Stored: { } stored } =>
                [begun, Line(string.Create(CultureInfo.InvariantCulture, $"Completed in {RunTime(stored):0.0} seconds."), stored.EndedAt ?? now)],
            { Stored: { } stored } => [begun, Line(FalFailure.Of(stored)!.Message, stored.EndedAt ?? now, "ERROR")],
            _ => [begun],
        };
    }

    public static FalResult Result(Job job, string link) => new(
        new FalFile(link, FileKey.ContentTypeOf(job.ResultKey!), job.ResultKey![(job.ResultKey!.LastIndexOf('/') + 1)..], job.ResultBytes), Seed(job));

    private static string StatusOf(JobState state) => state switch
    {
        JobState.Pending or JobState.Retry or JobState.Awaiting => "IN_QUEUE",
        JobState.Running => "IN_PROGRESS",
        _ => "COMPLETED",
    };

    private static double? RunTime(Job job) => job is { StartedAt: { } from, EndedAt: { } to } ? Math.Round((to - from).TotalSeconds, 3) : null;

    private static long Seed(Job job)
    {
        using var input = JsonDocument.Parse(job.Input);
        return input.RootElement.TryGetProperty("seed", out var seed) && seed.TryGetInt64(out var number) ? number : 0;
    }

    private static FalLog Line(string message, DateTimeOffset at, string level = "INFO") => new(message, level, "USER", at);
}
