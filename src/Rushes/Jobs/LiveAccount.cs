namespace Rushes.Jobs;

/// <summary>What one account has waiting and running. Only the backlog changes it.</summary>
internal sealed class LiveAccount(int id, Backlog backlog)
{
    private int queued;
    private int running;

    public int Id => id;

    public Backlog Backlog => backlog;

    /// <summary>Jobs that wait, for a worker or to be approved.</summary>
    public int Queued => Volatile.Read(ref queued);

    public int Running => Volatile.Read(ref running);

    /// <summary>Jobs that may run at once; 0: any number.</summary>
    public int MostRunning { get; set; }

    public bool IsBounded => MostRunning > 0;

    /// <summary>Its next job has to wait for one of its own to end.</summary>
    public bool IsFull => MostRunning > 0 && Running >= MostRunning;

    public void Count(JobState? before, JobState now)
    {
        var (wasQueued, wasRunning) = (before is { IsWaiting: true }, before == JobState.Running);
        if (now.IsWaiting != wasQueued) Volatile.Write(ref queued, queued + (wasQueued ? -1 : 1));
        if (now == JobState.Running != wasRunning) Volatile.Write(ref running, running + (wasRunning ? -1 : 1));
    }
}
