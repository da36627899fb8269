namespace Rushes.Jobs;

public enum CancelOutcome
{
    Cancelled,

    /// <summary>The running job was requested to stop; only with force.</summary>
    Stopping,

    /// <summary>The job is running.</summary>
    Running,

    AlreadyFinished,

    /// <summary>The account has no such job.</summary>
    Unknown,
}

public enum ApproveOutcome
{
    /// <summary>Now or earlier.</summary>
    Approved,

    /// <summary>The job needs no approval.</summary>
    NotAsked,

    AlreadyFinished,

    /// <summary>The account has no such job.</summary>
    Unknown,
}

public enum MoveOutcome
{
    Moved,

    /// <summary>It was already first.</summary>
    First,

    /// <summary>The job is running, has ended, or waits for approval.</summary>
    NotQueued,

    Unknown,
}
