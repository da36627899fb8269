namespace Rushes.Jobs;

/// <summary>The counts of an account's queued and running jobs. Only the backlog changes them.</summary>
internal sealed class LiveAccount(int id, Backlog backlog)
{
    private int queued;
    private int running;

    public int Id => id;

    public Backlog Backlog => backlog;

    /// <summary>Jobs that wait for a worker or for approval.</summary>
    public int Queued => Volatile.Read(ref queued);

    public int Running => Volatile.Read(ref running);

    /// <summary>The concurrency limit; 0: none.</summary>
    public int MaxRunning { get; set; }

    public bool IsBounded => MaxRunning > 0;

    /// <summary>The account is at its concurrency limit.</summary>
    public bool IsFull => MaxRunning > 0 && Running >= MaxRunning;

    public void Count(JobState? before, JobState now)
    {
        var (wasQueued, wasRunning) = (before is { IsWaiting: true }, before == JobState.Running);
        if (now.IsWaiting != wasQueued) Volatile.Write(ref queued, queued + (wasQueued ? -1 : 1));
        if (now == JobState.Running != wasRunning) Volatile.Write(ref running, running + (wasRunning ? -1 : 1));
    }
}
