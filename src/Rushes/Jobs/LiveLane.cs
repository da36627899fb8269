namespace Rushes.Jobs;

/// <summary>The live jobs of one lane: those that wait in their order, those that run in none.</summary>
internal sealed class LiveLane(string name)
{
    private readonly Lock gate = new();
    private readonly CountedTree queued = new();
    private readonly Dictionary<long, LiveJob> running = [];

    // What waits of each account that has a bound: to be left out of the counting while it is at it.
    private readonly Dictionary<LiveAccount, CountedTree> bounded = [];

    public string Name => name;

    /// <summary>None of its jobs is leased.</summary>
    public bool IsPaused { get; set; }

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

    public Place Ahead(LiveJob job, LiveAccount[] full)
    {
        lock (gate) return Count(job, full);
    }

    public Place Ahead(QueueKey key)
    {
        lock (gate) return queued.Ahead(key);
    }

    public Place? Rank(LiveJob job, LiveAccount[] full)
    {
        lock (gate) return job.State.IsQueued ? Count(job, full) : null;
    }

    /// <summary>What goes before a job of its own account's; nothing for an account without a bound.</summary>
    public Place AheadOfOwn(LiveJob job)
    {
        lock (gate) return bounded.TryGetValue(job.Owner, out var own) ? own.Ahead(job.Key) : default;
    }

    public bool HasQueued(LiveAccount account)
    {
        lock (gate) return bounded.TryGetValue(account, out var own) && own.Total.Jobs > 0;
    }

    /// <param name="key">Where it stands from now on.</param>
    public void Apply(LiveJob job, JobState next, LiveRun? run, JobDraft? draft, QueueKey key)
    {
        lock (gate)
        {
            if (job.Key != key)
            {
                if (job.State.IsQueued) Remove(job);
                job.Place(key);
            }

            if (next.IsQueued) Add(job);
            else if (job.State.IsQueued) Remove(job);

            if (next == JobState.Running) running[job.Id] = job;
            else running.Remove(job.Id);

            job.Apply(next, run, draft);
        }
    }

    /// <summary>Begins to count an account by itself, or stops to.</summary>
    /// <param name="live">The account's jobs, among others; one that is just coming or going may be there or not.</param>
    public void Count(LiveAccount account, IEnumerable<LiveJob> live)
    {
        lock (gate)
        {
            bounded.Remove(account);
            if (!account.IsBounded) return;
            foreach (var job in live)
                if (job.Owner == account && job.LiveLane == this && queued.Contains(job.Key))
                    TreeOf(account).Add(job.Key, job.Work);
        }
    }

    private void Add(LiveJob job)
    {
        queued.Add(job.Key, job.Work);
        if (job.Owner.IsBounded) TreeOf(job.Owner).Add(job.Key, job.Work);
    }

    private void Remove(LiveJob job)
    {
        queued.Remove(job.Key);
        if (job.Owner.IsBounded && bounded.TryGetValue(job.Owner, out var own)) own.Remove(job.Key);
    }

    private CountedTree TreeOf(LiveAccount account) =>
        bounded.TryGetValue(account, out var own) ? own : bounded[account] = new CountedTree();

    private Place Count(LiveJob job, LiveAccount[] full)
    {
        var place = queued.Ahead(job.Key);
        foreach (var account in full)
            if (account != job.Owner && bounded.TryGetValue(account, out var theirs)) place -= theirs.Ahead(job.Key);
        return place;
    }
}

/// <param name="Work">Work of the queued jobs in milliseconds.</param>
public readonly record struct LaneCounts(int Queued, int Running, long Work);
