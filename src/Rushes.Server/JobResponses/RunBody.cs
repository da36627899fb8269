using System.Text.Json.Serialization;
using Rushes.Jobs;

namespace Rushes.Server.JobResponses;

internal sealed record JobProblem(
    [property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("message")] string Message)
{
    public static JobProblem? Of(JobError? error) => error is null ? null : new JobProblem(error.Code, error.Message);
}

/// <summary>One of a job's runs.</summary>
/// <param name="Number">Its lease's fence: 1 for the first run.</param>
/// <param name="Worker">Null except for operators.</param>
/// <param name="Outcome"><c>running</c>, <c>failed</c>, <c>interrupted</c>, <c>completed</c>, <c>cancelled</c>.</param>
internal sealed record RunBody(
    [property: JsonPropertyName("number")] long Number,
    [property: JsonPropertyName("worker")] string? Worker,
    [property: JsonPropertyName("started_at")] DateTimeOffset StartedAt,
    [property: JsonPropertyName("ended_at")] DateTimeOffset? EndedAt,
    [property: JsonPropertyName("outcome")] string Outcome,
    [property: JsonPropertyName("error")] JobProblem? Error)
{
    /// <summary>All of them, oldest first.</summary>
    /// <param name="named">Whether workers are named.</param>
    public static IReadOnlyList<RunBody> Of(Job job, IEnumerable<PastRun> past, bool named) =>
        [.. past.Select(Of).Concat(LastOf(job)).Select(run => named ? run : run with { Worker = null })];

    private static RunBody Of(PastRun run) =>
        new(
            run.Fence, run.Worker, run.StartedAt, run.EndedAt, run.Error is null ? "interrupted" : "failed",
            JobProblem.Of(run.Error));

    /// <summary>The current or last run, which is part of the job itself. None for a job that is queued or never ran.</summary>
    private static IEnumerable<RunBody> LastOf(Job job)
    {
        if (job is { StartedAt: { } started, Worker: { } worker })
            yield return new RunBody(
                job.Fence, worker, started, job.EndedAt, job.State.ToString().ToLowerInvariant(), JobProblem.Of(job.Error));
    }
}
