namespace Rushes.Jobs;

/// <summary>How often a job is retried; <see cref="JobLifecycle"/> applies it.</summary>
public sealed record RetryPolicy
{
    /// <summary>Attempts in total, 1 to 100. Default 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>
    /// Runs in total, 1 to 1,000,000. After that, an engine fault ends the job too, so that a job that crashes every engine
    /// is not retried forever. Default 1000.
    /// </summary>
    public int MaxRuns { get; init; } = 1000;

    /// <summary>Interruptions that a job survives, 1 to 1000. Default 20.</summary>
    public int MaxInterruptions { get; init; } = 20;
}
