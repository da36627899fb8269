namespace Rushes.Jobs;

/// <summary>The live jobs of one lane: those that wait in their order, those that run in none.</summary>
internal sealed class LiveLane(string name)
{
    private readonly Lock gate = new();
    private readonly CountedTree queued = new();
    private readonly Dictionary<long, LiveJob> running = [];

    public string Name => name;

    public LaneCounts Counts
    {
        get
        {
            lock (gate) return new LaneCounts(queued.Total.Jobs, running.Count, queued.Total.Work);
        }
    }

    public LiveJob[] Running
    {
        get
        {
            lock (gate) return [.. running.Values];
        }
    }

    public Place Ahead(QueueKey key)
    {
        lock (gate) return queued.Ahead(key);
    }

    public Place? Rank(LiveJob job)
    {
        lock (gate) return job.State.IsQueued ? queued.Ahead(job.Key) : null;
    }

    public void Apply(LiveJob job, JobState next, LiveRun? run)
    {
        lock (gate)
        {
            if (next.IsQueued) queued.Add(job.Key, job.Work);
            else if (job.State.IsQueued) queued.Remove(job.Key);

            if (next == JobState.Running) running[job.Id] = job;
            else running.Remove(job.Id);

            job.Apply(next, run);
        }
    }
}

/// <param name="Work">Work of the queued jobs in milliseconds.</param>
public readonly record struct LaneCounts(int Queued, int Running, long Work);
