using Rushes.Catalog;

namespace Rushes.Jobs;

/// <summary>
/// A worker's right to run one job until <paramref name="Until"/>; every later word about the job carries the fence.
/// </summary>
/// <param name="Fence">Grows by one with each claim of the job: an older lease's word is refused.</param>
public sealed record Lease(Job Job, long Fence, string Worker, DateTimeOffset Until)
{
    /// <summary>How long the run may take, as a gateway elsewhere has it in its catalog; null: look into your own.</summary>
    public RunTimeLimit? Limit { get; init; }
}

/// <summary>What a heartbeat is told.</summary>
public enum LeaseAnswer
{
    /// <summary>Go on.</summary>
    Held,

    /// <summary>The owner cancelled: stop, then say so with <see cref="Jobs.RunOutcome.Stopped"/>.</summary>
    Stop,

    /// <summary>Someone else may run the job now: throw the work away.</summary>
    Lost,
}

/// <summary>How a run ended, told by the worker that holds the lease.</summary>
public abstract record RunOutcome
{
    private RunOutcome() { }

    /// <summary>The file is in the store, on disk.</summary>
    public sealed record Done(string ResultKey, long ResultBytes) : RunOutcome;

    /// <summary>The engine could not. <paramref name="Retryable"/>: another attempt may succeed.</summary>
    public sealed record Failed(JobError Error, bool Retryable) : RunOutcome;

    /// <summary>
    /// Whatever ran it failed, for all that is known: the job goes to another worker first, and this is no attempt of its own.
    /// </summary>
    public sealed record EngineFault(JobError Error) : RunOutcome;

    /// <summary>Stopped because its owner cancelled it.</summary>
    public sealed record Stopped : RunOutcome;

    /// <summary>Handed back unharmed (the worker drains): an interruption, not an attempt.</summary>
    public sealed record Returned : RunOutcome;
}

/// <summary>Tasks of a run as its engine counts them.</summary>
/// <param name="Stage">What the engine is at, in its own words; told to those who watch, and stored nowhere.</param>
public readonly record struct Progress(int Done, int Total, string? Stage = null);
