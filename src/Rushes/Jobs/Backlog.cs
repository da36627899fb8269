using System.Collections.Concurrent;

namespace Rushes.Jobs;

/// <summary>
/// All unfinished jobs, in memory. Positions, waiting work and progress are read here without SQL. One thread at a time
/// applies each commit's changes; any thread may read.
/// </summary>
public sealed class Backlog
{
    private readonly Doorbell doorbell;
    private readonly ConcurrencyLimits? limits;
    private readonly LateCalls? late;
    private readonly LateCalls? lateOfAccounts;
    private readonly ConcurrentDictionary<long, LiveJob> jobs = new();
    private readonly ConcurrentDictionary<string, LiveLane> lanes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, LiveAccount> accounts = new();
    private readonly Shared<string> models = new();
    private readonly Shared<VideoFormat> formats = new();

    // Accounts that have reached their concurrency limit. Commits and changes of limits take the lock to replace the array.
    private readonly Lock fullGate = new();
    private volatile LiveAccount[] full = [];
    private long version;

    /// <param name="limits">The concurrency limits of accounts; null: none.</param>
    /// <param name="clock">Null if there are no other gateways.</param>
    public Backlog(Doorbell doorbell, ConcurrencyLimits? limits = null, TimeProvider? clock = null)
    {
        this.doorbell = doorbell;
        this.limits = limits;
        if (clock is not null)
            (late, lateOfAccounts) = (new LateCalls(clock, Call), new LateCalls(clock, id => Call(AccountOf((int)id), most: 1)));
        if (limits is not null) limits.Changed += UpdateLimit;
    }

    public int Count => jobs.Count;

    /// <summary>Grows with every commit that changes a job.</summary>
    public long Version => Volatile.Read(ref version);

    public bool AnyRuns => lanes.Values.Any(lane => lane.Counts.Running > 0);

    public IEnumerable<string> Lanes => lanes.Keys;

    /// <summary>Adds the unfinished jobs of the database at startup, before anything else is written.</summary>
    public async Task LoadAsync(IAsyncEnumerable<JobChange> live, CancellationToken cancel)
    {
        await foreach (var job in live.WithCancellation(cancel)) Apply(job);
        doorbell.Ring(lanes.Keys);
    }

    /// <summary>Applies the changes of one commit.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        Interlocked.Increment(ref version);
        Dictionary<LiveAccount, int>? bounded = null;
        var queued = false;
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            if (Apply(change) is not { } job) continue;
            if (!job.Owner.IsBounded) queued |= change.State.IsQueued;
            else if (!MayFreeRun(change)) continue;
            else if (change.IsCalledElsewhere && lateOfAccounts is not null) lateOfAccounts.Add(job.Account);
            else (bounded ??= [])[job.Owner] = bounded.GetValueOrDefault(job.Owner) + 1;
        }

        // Workers claim when the whole commit is applied.
        for (var i = 0; queued && i < changes.Count; i++)
            if (!changes[i].State.IsQueued || LimitOf(changes[i].Account) > 0) continue;
            else if (changes[i].IsCalledElsewhere && late is not null) late.Add(changes[i].Id);
            else Call(changes[i].Id);

        // After all changes of the commit: an account wakes as many workers as jobs can be claimed.
        foreach (var (account, most) in bounded ?? []) Call(account, most);
    }

    /// <summary>
    /// Those of these changes, which this gateway commits, that wake a worker which waits here, so that no other gateway has to
    /// wake one.
    /// </summary>
    public IReadOnlySet<long> Awaited(IReadOnlyList<JobChange> changes) => doorbell.Awaited(CallsOf(changes));

    /// <summary>Stores a preview of a running job and wakes the clients that watch it. Thread-safe.</summary>
    public void SetPreview(long id, ReadOnlyMemory<byte> jpeg) => Find(id)?.SetPreview(jpeg);

    /// <summary>Stores the current step of a running job's engine and wakes the clients that watch it. Thread-safe.</summary>
    public void SetStage(long id, string stage) => Find(id)?.SetStage(stage);

    /// <summary>Returns null if the job has ended or does not exist.</summary>
    public LiveJob? Find(long id) => jobs.GetValueOrDefault(id);

    /// <summary>The jobs before a new job with this key.</summary>
    public Place Ahead(QueueKey key, string lane) => lanes.TryGetValue(lane, out var known) ? known.Ahead(key) : default;

    /// <summary>
    /// The jobs before this job in several lanes that share workers. Jobs of other accounts that are at their concurrency
    /// limit are not counted, because a free worker passes them over.
    /// </summary>
    public Place Ahead(LiveJob job, params ReadOnlySpan<string> inLanes)
    {
        var place = default(Place);
        foreach (var name in inLanes)
            if (lanes.TryGetValue(name, out var lane)) place += lane.Ahead(job, full);
        return place;
    }

    /// <summary>
    /// The work before this job of its own account, and the account's concurrency limit; null without a limit. Such a job can
    /// wait while workers are free.
    /// </summary>
    public (long Work, int MaxRunning)? AheadOfOwn(LiveJob job, string lane) =>
        job.Owner.MaxRunning is var most and > 0 && lanes.TryGetValue(lane, out var known)
            ? (known.AheadOfOwn(job).Work, most)
            : null;

    /// <summary>The account's queued jobs in all lanes, including those that wait for approval.</summary>
    public int QueuedOf(int account) => accounts.TryGetValue(account, out var known) ? known.Queued : 0;

    public LaneCounts Counts(string lane) => lanes.TryGetValue(lane, out var known) ? known.Counts : default;

    public bool IsPaused(string lane) => lanes.TryGetValue(lane, out var known) && known.IsPaused;

    /// <summary>Pauses or resumes a lane; resuming wakes workers.</summary>
    public void Pause(string lane, bool paused)
    {
        LaneOf(lane).IsPaused = paused;
        if (!paused) doorbell.Ring([lane]);
    }

    public IReadOnlyList<LiveJob> Running(string lane) => lanes.TryGetValue(lane, out var known) ? known.Running : [];

    internal LiveAccount[] Full => full;

    /// <summary>Whether a job of an account with a concurrency limit may be claimed after this change.</summary>
    private static bool MayFreeRun(JobChange change) => change.State is not (JobState.Running or JobState.Awaiting);

    /// <summary>The changes of a commit that wake a worker, with the jobs that it must be able to run.</summary>
    private IEnumerable<(long Id, IReadOnlyList<QueuedJobs> Jobs)> CallsOf(IReadOnlyList<JobChange> changes)
    {
        Dictionary<int, int> room = [];
        foreach (var change in changes)
        {
            if (LimitOf(change.Account) == 0) continue;
            var (ran, runs) = (Find(change.Id) is { State: JobState.Running }, change.State == JobState.Running);
            if (ran != runs) room[change.Account] = room.GetValueOrDefault(change.Account) + (ran ? 1 : -1);
        }

        foreach (var change in changes)
        {
            QueuedJobs[] own = change.State.IsQueued ? [new(change.Lane, change.Model, 1)] : [];
            if (LimitOf(change.Account) is not (> 0 and var most))
            {
                if (own.Length > 0) yield return (change.Id, own);
                continue;
            }

            var left = most - AccountOf(change.Account).Running + room.GetValueOrDefault(change.Account);
            if (!MayFreeRun(change) || left <= 0) continue;
            room[change.Account] = room.GetValueOrDefault(change.Account) - 1;
            yield return (change.Id, [.. own, .. ClaimableOf(AccountOf(change.Account))]);
        }
    }

    /// <summary>Wakes workers for jobs of an account with a concurrency limit. Thread-safe.</summary>
    /// <param name="most">How many jobs entered the queue or ended.</param>
    private void Call(LiveAccount account, int most)
    {
        most = Math.Min(most, account.MaxRunning - account.Running);
        if (most > 0)
            doorbell.Ring(new LimitedAccount(account.Id, () => account.IsFull ? [] : ClaimableOf(account)), most);
    }

    private IEnumerable<QueuedJobs> ClaimableOf(LiveAccount account) =>
        lanes.Values.Where(lane => !lane.IsPaused).SelectMany(lane => lane.QueuedOf(account));

    /// <summary>Wakes a worker for a job, if it is queued and its account has no limit. Thread-safe.</summary>
    private void Call(long id)
    {
        if (Find(id) is { State.IsQueued: true, Owner.IsBounded: false } job)
            doorbell.Ring(new QueuedJob(job.Id, job.Lane, job.Model));
    }

    private LiveJob? Apply(JobChange change)
    {
        JobState? before = null;
        if (jobs.TryGetValue(change.Id, out var job)) before = job.State;
        else if (change.State.IsFinished) return null;
        else job = AddJob(change);

        var run = change.State == JobState.Running ? LiveRun.Of(change, job.Run) : null;
        // Removed before watchers are notified, so that they do not find it here.
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

    /// <summary>An account's concurrency limit was set, changed or removed.</summary>
    private void UpdateLimit(int id)
    {
        var account = AccountOf(id);
        account.MaxRunning = LimitOf(id);
        foreach (var lane in lanes.Values) lane.Count(account, jobs.Values);
        NoteFull(account);
        if (!account.IsFull) doorbell.Ring(lanes.Keys);
    }

    private LiveAccount AccountOf(int id)
    {
        if (accounts.TryGetValue(id, out var known)) return known;
        var account = accounts.GetOrAdd(id, id => new LiveAccount(id, this));
        account.MaxRunning = LimitOf(id);
        return account;
    }

    private int LimitOf(int account) => limits?.Of?.Invoke(account) ?? 0;

    private LiveJob AddJob(JobChange change)
    {
        var lane = LaneOf(change.Lane);
        var render = change.Render is { } format ? formats.Of(format) : null;
        return jobs[change.Id] = new LiveJob(change, AccountOf(change.Account), models.Of(change.Model), lane, render);
    }

    private LiveLane LaneOf(string name) => lanes.GetOrAdd(name, static name => new LiveLane(name));

    /// <summary>Keeps one instance of equal values, because a database creates a new one for each job.</summary>
    private sealed class Shared<T>
        where T : class
    {
        private const int MaxKnown = 4096;

        private readonly HashSet<T> known = [];

        public T Of(T value)
        {
            if (known.TryGetValue(value, out var same)) return same;
            if (known.Count == MaxKnown) known.Clear();
            known.Add(value);
            return value;
        }
    }
}
