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
    private static readonly bool[,] Legal = ReadMoves();

    extension(JobState state)
    {
        public bool IsQueued => state is JobState.Pending or JobState.Retry;

        /// <summary>No worker has it, and it has not ended.</summary>
        public bool IsWaiting => state.IsQueued || state == JobState.Awaiting;

        public bool IsFinished => state is JobState.Completed or JobState.Failed or JobState.Cancelled;

        /// <summary>Whether any event leads from one to the other: see <see cref="JobLifecycle.Moves"/>.</summary>
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
