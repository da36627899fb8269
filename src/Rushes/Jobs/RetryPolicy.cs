namespace Rushes.Jobs;

/// <summary>
/// How often a job is tried again; <see cref="JobLifecycle"/> applies it. An attempt is a run that the engine or a lost
/// worker ended, an interruption one that the gateway's own stop ended.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>Attempts in all, 1 to 100. Default 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>
    /// Runs in all, 1 to 1,000,000, after which a failure of the engine ends the job too: one that no engine survives must not
    /// be tried for ever. Default 1000.
    /// </summary>
    public int MaxRuns { get; init; } = 1000;

    /// <summary>Interruptions that a job survives, 1 to 1000. Default 20.</summary>
    public int MaxInterruptions { get; init; } = 20;
}
