namespace Rushes.Jobs;

/// <summary>The unfinished jobs of one lane.</summary>
internal sealed class LiveLane(string name)
{
    private readonly Lock gate = new();
    private readonly CountedTree queued = new();
    private readonly Dictionary<long, LiveJob> running = [];

    // The queued jobs of each account with a concurrency limit, to subtract them while the account is at its limit.
    private readonly Dictionary<LiveAccount, OwnJobs> bounded = [];

    public string Name => name;

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

    /// <summary>The jobs of the same account before this job; none for an account without a concurrency limit.</summary>
    public Place AheadOfOwn(LiveJob job)
    {
        lock (gate) return bounded.TryGetValue(job.Owner, out var own) ? own.Tree.Ahead(job.Key) : default;
    }

    /// <summary>The queued jobs of an account by model; none for an account without a concurrency limit.</summary>
    public IReadOnlyList<QueuedJobs> QueuedOf(LiveAccount account)
    {
        lock (gate)
            return bounded.TryGetValue(account, out var own)
                ? [.. own.Models.Select(model => new QueuedJobs(name, model.Key, model.Value))]
                : [];
    }

    /// <param name="key">Its new position.</param>
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

    /// <summary>Starts or stops counting an account separately.</summary>
    /// <param name="live">The account's jobs, among others; a job that is being added or removed may be missing.</param>
    public void Count(LiveAccount account, IEnumerable<LiveJob> live)
    {
        lock (gate)
        {
            bounded.Remove(account);
            if (!account.IsBounded) return;
            foreach (var job in live)
                if (job.Owner == account && job.LiveLane == this && queued.Contains(job.Key))
                    OwnOf(account).Add(job);
        }
    }

    private void Add(LiveJob job)
    {
        queued.Add(job.Key, job.Work);
        if (job.Owner.IsBounded) OwnOf(job.Owner).Add(job);
    }

    private void Remove(LiveJob job)
    {
        queued.Remove(job.Key);
        if (job.Owner.IsBounded && bounded.TryGetValue(job.Owner, out var own)) own.Remove(job);
    }

    private OwnJobs OwnOf(LiveAccount account) =>
        bounded.TryGetValue(account, out var own) ? own : bounded[account] = new OwnJobs();

    private Place Count(LiveJob job, LiveAccount[] full)
    {
        var place = queued.Ahead(job.Key);
        foreach (var account in full)
            if (account != job.Owner && bounded.TryGetValue(account, out var theirs)) place -= theirs.Tree.Ahead(job.Key);
        return place;
    }

    /// <summary>The queued jobs of one account.</summary>
    private sealed class OwnJobs
    {
        public CountedTree Tree { get; } = new();

        public Dictionary<string, int> Models { get; } = [];

        public void Add(LiveJob job)
        {
            if (Tree.Add(job.Key, job.Work)) Models[job.Model] = Models.GetValueOrDefault(job.Model) + 1;
        }

        public void Remove(LiveJob job)
        {
            if (Tree.Remove(job.Key) && --Models[job.Model] == 0) Models.Remove(job.Model);
        }
    }
}

/// <param name="Work">Work of the queued jobs in milliseconds.</param>
public readonly record struct LaneCounts(int Queued, int Running, long Work);
