namespace Rushes.Jobs;

/// <summary>The state of a job. The numbers are stored; never change them.</summary>
public enum JobState
{
    /// <summary>Waiting for its first worker.</summary>
    Pending = 0,

    /// <summary>A worker has a lease on it.</summary>
    Running = 1,

    /// <summary>Queued again at its old position, after an attempt or an interruption.</summary>
    Retry = 2,

    Completed = 3,
    Failed = 4,
    Cancelled = 5,

    /// <summary>Not queued until its owner has approved its draft.</summary>
    Awaiting = 6,
}

public static class JobStates
{
    private static readonly bool[,] Legal = ReadMoves();

    extension(JobState state)
    {
        public bool IsQueued => state is JobState.Pending or JobState.Retry;

        /// <summary>Not running and not ended.</summary>
        public bool IsWaiting => state.IsQueued || state == JobState.Awaiting;

        public bool IsFinished => state is JobState.Completed or JobState.Failed or JobState.Cancelled;

        /// <summary>Whether any event causes this change: see <see cref="JobLifecycle.Moves"/>.</summary>
        public bool MayBecome(JobState next) => Legal[(int)state, (int)next];
    }

    private static bool[,] ReadMoves()
    {
        var count = Enum.GetValues<JobState>().Length;
        var legal = new bool[count, count];
        foreach (var move in JobLifecycle.Moves) legal[(int)move.From, (int)move.To] = true;
        return legal;
    }
}
