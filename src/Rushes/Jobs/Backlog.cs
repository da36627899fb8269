using System.Collections.Concurrent;

namespace Rushes.Jobs;

/// <summary>
/// Every job that has not ended, in memory: positions, waiting work and progress without a question to the
/// database, which decides. Fed with each commit's changes by one thread at a time; read by any.
/// </summary>
public sealed class Backlog
{
    private readonly Doorbell doorbell;
    private readonly RunningBounds? bounds;
    private readonly ConcurrentDictionary<long, LiveJob> jobs = new();
    private readonly ConcurrentDictionary<string, LiveLane> lanes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, LiveAccount> accounts = new();
    private readonly Shared<string> models = new();
    private readonly Shared<VideoFormat> formats = new();

    // Accounts that run all they may, with the lock of whoever changes who they are: commits, and the bounds themselves.
    private readonly Lock fullGate = new();
    private volatile LiveAccount[] full = [];

    /// <param name="bounds">What accounts may have running at once; none: as much as they like.</param>
    public Backlog(Doorbell doorbell, RunningBounds? bounds = null)
    {
        this.doorbell = doorbell;
        this.bounds = bounds;
        if (bounds is not null) bounds.Changed += Rebound;
    }

    /// <summary>Jobs that have not ended.</summary>
    public int Count => jobs.Count;

    public IEnumerable<string> Lanes => lanes.Keys;

    /// <summary>Takes in what lived when the program started, before anything else writes.</summary>
    public async Task LoadAsync(IAsyncEnumerable<JobChange> live, CancellationToken cancel)
    {
        await foreach (var job in live.WithCancellation(cancel)) Apply(job);
        doorbell.Ring(lanes.Keys);
    }

    /// <summary>Follows one commit.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        HashSet<string>? ringing = null;
        HashSet<LiveAccount>? bounded = null;
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            if (Apply(change) is not { } job) continue;
            if (job.Owner.IsBounded && change.State != JobState.Running) (bounded ??= []).Add(job.Owner);
            else if (change.State.IsQueued) (ringing ??= new(StringComparer.Ordinal)).Add(change.Lane);
        }

        // Known only now that the whole commit is in: who is full has nothing to wake a worker for, who is not any more has.
        foreach (var account in bounded ?? [])
            if (!account.IsFull) (ringing ??= new(StringComparer.Ordinal)).UnionWith(LanesOf(account));

        if (ringing is not null) doorbell.Ring(ringing);
    }

    /// <summary>Keeps a picture of a running job's unfinished video, and wakes those who watch it. Any thread may.</summary>
    public void Show(long id, ReadOnlyMemory<byte> jpeg) => Find(id)?.Show(jpeg);

    /// <summary>Keeps what a running job's engine is at, and wakes those who watch it. Any thread may.</summary>
    public void Enter(long id, string stage) => Find(id)?.Enter(stage);

    /// <summary>Null: it ended, or never was.</summary>
    public LiveJob? Find(long id) => jobs.GetValueOrDefault(id);

    /// <summary>What would go before a job with this key that is not there yet.</summary>
    public Place Ahead(QueueKey key, string lane) => lanes.TryGetValue(lane, out var known) ? known.Ahead(key) : default;

    /// <summary>
    /// What goes before this job in several lanes that share workers, its own among them or not. Jobs of other accounts
    /// that run all they may are not counted while they do: a free worker would pass them over.
    /// </summary>
    public Place Ahead(LiveJob job, params ReadOnlySpan<string> inLanes)
    {
        var place = default(Place);
        foreach (var name in inLanes)
            if (lanes.TryGetValue(name, out var lane)) place += lane.Ahead(job, full);
        return place;
    }

    /// <summary>
    /// The work before this job of its own account and the most of its jobs that may run at once, which can make it wait
    /// while workers are free; null for an account without such a bound.
    /// </summary>
    public (long Work, int MostRunning)? AheadOfOwn(LiveJob job, string lane) =>
        job.Owner.MostRunning is var most and > 0 && lanes.TryGetValue(lane, out var known)
            ? (known.AheadOfOwn(job).Work, most)
            : null;

    /// <summary>Jobs of the account that wait, in all lanes; those that wait to be approved as well.</summary>
    public int QueuedOf(int account) => accounts.TryGetValue(account, out var known) ? known.Queued : 0;

    public LaneCounts Counts(string lane) => lanes.TryGetValue(lane, out var known) ? known.Counts : default;

    public bool IsPaused(string lane) => lanes.TryGetValue(lane, out var known) && known.IsPaused;

    /// <summary>Follows a lane's pause; what waited in one that is resumed wakes workers.</summary>
    public void Pause(string lane, bool paused)
    {
        LaneOf(lane).IsPaused = paused;
        if (!paused) doorbell.Ring([lane]);
    }

    /// <summary>The running jobs of a lane at this moment.</summary>
    public IReadOnlyList<LiveJob> Running(string lane) => lanes.TryGetValue(lane, out var known) ? known.Running : [];

    internal LiveAccount[] Full => full;

    private LiveJob? Apply(JobChange change)
    {
        JobState? before = null;
        if (jobs.TryGetValue(change.Id, out var job)) before = job.State;
        else if (change.State.IsFinished) return null;
        else job = Enter(change);

        var run = change.State == JobState.Running
            ? new LiveRun(change.Worker ?? "", change.StartedAt, change.Progress, change.StopRequested)
            : null;
        // Out of the index before it is told: whoever was woken must not find it here.
        if (change.State.IsFinished) jobs.TryRemove(change.Id, out _);
        job.Owner.Count(before, change.State);
        job.LiveLane.Apply(
            job, change.State, run, change.Draft, new QueueKey(change.Tier, change.Priority, change.Turn, change.Id));
        if (job.Owner.IsBounded) NoteFull(job.Owner);
        return job;
    }

    private void NoteFull(LiveAccount account)
    {
        lock (fullGate)
        {
            var noted = full.Contains(account);
            if (account.IsFull && !noted) full = [.. full, account];
            else if (!account.IsFull && noted) full = [.. full.Where(other => other != account)];
        }
    }

    /// <summary>An account's bound was set, changed or taken away.</summary>
    private void Rebound(int id)
    {
        var account = AccountOf(id);
        account.MostRunning = BoundOf(id);
        foreach (var lane in lanes.Values) lane.Count(account, jobs.Values);
        NoteFull(account);
        if (!account.IsFull) doorbell.Ring(lanes.Keys);
    }

    private IEnumerable<string> LanesOf(LiveAccount account) =>
        lanes.Values.Where(lane => lane.HasQueued(account)).Select(lane => lane.Name);

    private LiveAccount AccountOf(int id)
    {
        if (accounts.TryGetValue(id, out var known)) return known;
        var account = accounts.GetOrAdd(id, id => new LiveAccount(id, this));
        account.MostRunning = BoundOf(id);
        return account;
    }

    private int BoundOf(int account) => bounds?.Of?.Invoke(account) ?? 0;

    private LiveJob Enter(JobChange change)
    {
        var lane = LaneOf(change.Lane);
        var render = change.Render is { } format ? formats.Of(format) : null;
        return jobs[change.Id] = new LiveJob(change, AccountOf(change.Account), models.Of(change.Model), lane, render);
    }

    private LiveLane LaneOf(string name) => lanes.GetOrAdd(name, static name => new LiveLane(name));

    /// <summary>One instance of values that many jobs have alike: a database gives each job its own.</summary>
    private sealed class Shared<T>
        where T : class
    {
        private const int Most = 4096;

        private readonly HashSet<T> known = [];

        public T Of(T value)
        {
            if (known.TryGetValue(value, out var same)) return same;
            if (known.Count == Most) known.Clear();
            known.Add(value);
            return value;
        }
    }
}
