namespace Rushes.Jobs;

/// <summary>Where a job stands. The numbers are stored; never renumber them.</summary>
public enum JobState
{
    /// <summary>Waiting for its first worker.</summary>
    Pending = 0,

    /// <summary>A worker holds its lease.</summary>
    Running = 1,

    /// <summary>Waiting again, at its old place, after an attempt or an interruption.</summary>
    Retry = 2,

    Completed = 3,
    Failed = 4,
    Cancelled = 5,

    /// <summary>Not in the queue until its owner has approved its draft.</summary>
    Awaiting = 6,
}

public static class JobStates
{
    extension(JobState state)
    {
        public bool IsQueued => state is JobState.Pending or JobState.Retry;

        /// <summary>No worker has it, and it has not ended.</summary>
        public bool IsWaiting => state.IsQueued || state == JobState.Awaiting;

        public bool IsFinished => state is JobState.Completed or JobState.Failed or JobState.Cancelled;

        /// <summary>The legal moves; docs/lifecycle.md draws them.</summary>
        public bool MayBecome(JobState next) => (state, next) switch
        {
            (JobState.Pending or JobState.Retry, JobState.Running or JobState.Cancelled) => true,
            (JobState.Awaiting, JobState.Pending or JobState.Cancelled) => true,
            // Not approved in time.
            (JobState.Awaiting, JobState.Failed) => true,
            // Not started by the time its client set.
            (JobState.Pending, JobState.Failed) => true,
            (JobState.Running, JobState.Retry or JobState.Completed or JobState.Failed or JobState.Cancelled) => true,
            _ => false,
        };
    }
}
