namespace Rushes.Jobs;

/// <summary>A run that did not end its job: the job went back into the queue.</summary>
/// <param name="Fence">Of its lease: 1 for the job's first run.</param>
/// <param name="Error">Why it failed; null when it was interrupted or handed back, which is no attempt.</param>
public sealed record PastRun(long Fence, string Worker, DateTimeOffset StartedAt, DateTimeOffset EndedAt, JobError? Error);
