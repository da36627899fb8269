namespace Rushes.Jobs;

/// <summary>A run after which the job returned to the queue.</summary>
/// <param name="Fence">The fencing token of its lease; 1 for the job's first run.</param>
/// <param name="Error">Why it failed; null for an interruption.</param>
public sealed record PastRun(long Fence, string Worker, DateTimeOffset StartedAt, DateTimeOffset EndedAt, JobError? Error);
