using Rushes.Catalog;

namespace Rushes.Jobs;

/// <summary>
/// A worker's right to run a job until <paramref name="Until"/>. Every later message about the run contains the fencing
/// token.
/// </summary>
/// <param name="Fence">Increases with each claim of the job; messages with an older one are rejected.</param>
public sealed record Lease(Job Job, long Fence, string Worker, DateTimeOffset Until)
{
    /// <summary>The time limit of the run, for a worker in another process; null: use the catalog.</summary>
    public RunTimeLimit? Limit { get; init; }
}

/// <summary>The part of a job that decides whether a worker still holds its lease.</summary>
public readonly record struct LeaseState(JobState State, long Fence, bool StopRequested)
{
    public static LeaseState Of(Job job) => new(job.State, job.Fence, job.StopRequested);
}

/// <summary>The answer to a heartbeat.</summary>
public enum LeaseAnswer
{
    /// <summary>Continue.</summary>
    Held,

    /// <summary>The owner cancelled the job: stop, then report <see cref="Jobs.RunOutcome.Stopped"/>.</summary>
    Stop,

    /// <summary>Another worker may run the job now: discard the result.</summary>
    Lost,
}

/// <summary>How a run ended, as reported by the worker that holds the lease.</summary>
public abstract record RunOutcome
{
    private RunOutcome() { }

    /// <summary>The end of what the engine printed, for operators; null if it printed nothing.</summary>
    public string? Output { get; init; }

    /// <summary>The file is stored on disk.</summary>
    public sealed record Done(string ResultKey, long ResultBytes) : RunOutcome;

    /// <summary>The run failed. If <paramref name="Retryable"/>, another attempt may succeed.</summary>
    public sealed record Failed(JobError Error, bool Retryable) : RunOutcome;

    /// <summary>
    /// The engine failed, probably not because of the job: another worker runs it next, and this is not an attempt.
    /// </summary>
    public sealed record EngineFault(JobError Error) : RunOutcome
    {
        /// <summary>The engine could not be reached and never got the job: this failure can never be the job's own.</summary>
        public bool NeverStarted { get; init; }
    }

    /// <summary>Stopped because the owner cancelled the job.</summary>
    public sealed record Stopped : RunOutcome;

    /// <summary>Returned to the queue because the worker drains: an interruption, not an attempt.</summary>
    public sealed record Returned : RunOutcome;
}

/// <summary>The tasks of a run, as its engine counts them.</summary>
/// <param name="Stage">The current step in the engine's own words, for watchers. It is not stored.</param>
public readonly record struct Progress(int Done, int Total, string? Stage = null)
{
    /// <summary>Whether as many steps are done. Only these are stored.</summary>
    public bool IsSameStep(Progress other) => (Done, Total) == (other.Done, other.Total);
}
