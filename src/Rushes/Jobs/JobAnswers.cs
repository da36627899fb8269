namespace Rushes.Jobs;

public enum CancelOutcome
{
    Cancelled,

    /// <summary>It runs and was told to stop (only with force).</summary>
    Stopping,

    /// <summary>It runs.</summary>
    Running,

    AlreadyFinished,

    /// <summary>No such job of this account.</summary>
    Unknown,
}

public enum ApproveOutcome
{
    /// <summary>Now or before.</summary>
    Approved,

    /// <summary>The job never waited for approval.</summary>
    NotAsked,

    AlreadyFinished,

    /// <summary>No such job of this account.</summary>
    Unknown,
}

public enum MoveOutcome
{
    Moved,

    /// <summary>It was the first already.</summary>
    First,

    /// <summary>It runs, ended or waits for approval.</summary>
    NotQueued,

    Unknown,
}
