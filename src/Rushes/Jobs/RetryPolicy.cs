namespace Rushes.Jobs;

/// <summary>How often a job is tried again. An attempt is the engine's or the worker's fault, an interruption the gateway's own.</summary>
public sealed record RetryPolicy
{
    /// <summary>Attempts in all, 1 to 100. Default 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>Interruptions that a job survives, 1 to 1000. Default 20.</summary>
    public int MaxInterruptions { get; init; } = 20;

    /// <summary>The state a job takes when its run ended without a result.</summary>
    public JobState AfterAttempt(int attemptsWithThis, bool retryable) =>
        retryable && attemptsWithThis < MaxAttempts ? JobState.Retry : JobState.Failed;

    public JobState AfterInterruption(int interruptionsWithThis) =>
        interruptionsWithThis <= MaxInterruptions ? JobState.Retry : JobState.Failed;
}
