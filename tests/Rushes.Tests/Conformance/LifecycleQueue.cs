using Rushes.Jobs;

namespace Rushes.Tests.Conformance;

/// <summary>
/// The queue with <see cref="JobLifecycle"/> for its rules and no database: jobs in a dictionary, sorted when asked.
/// </summary>
internal sealed class LifecycleQueue(RetryPolicy retries, Func<int, int?> maxRunning, FakeClock clock)
{
    private readonly Dictionary<long, Job> jobs = [];

    public HashSet<string> Paused { get; } = [];

    /// <summary>The jobs of the created deliveries, one entry for each.</summary>
    public List<long> Deliveries { get; } = [];

    /// <summary>The settlements of held prices, by job.</summary>
    public Dictionary<long, Settlement> Settlements { get; } = [];

    public List<(long Job, long Fence)> PastRuns { get; } = [];

    private DateTimeOffset Now => clock.GetUtcNow();

    public Job Find(long id) => jobs[id];

    public void Submit(NewJob job, long id, long turn) => jobs[id] = new Job
    {
        Id = id,
        Account = job.Account,
        Model = job.Model,
        Lane = job.Lane,
        Tier = job.Tier,
        Priority = job.Priority,
        Turn = turn,
        State = job.State,
        Input = job.Input,
        Plan = job.Plan,
        Work = job.Work,
        WebhookUrl = job.WebhookUrl,
        StartBy = job.StartBy,
        Deadline = job.Deadline,
        ApproveBy = job.ApproveBy,
        Price = job.Price,
        CreatedAt = job.CreatedAt,
    };

    public Job? Claim(string[] lanes, string worker, DateTimeOffset until)
    {
        var running = jobs.Values.Where(job => job.State == JobState.Running).CountBy(job => job.Account).ToDictionary();
        var first = jobs.Values
            .Where(job => lanes.Contains(job.Lane) && !Paused.Contains(job.Lane) && JobLifecycle.MayClaim(job, Now))
            .Where(job => !(running.GetValueOrDefault(job.Account) >= maxRunning(job.Account)))
            .OrderBy(Key).FirstOrDefault();
        if (first is null || JobLifecycle.Claim(first, worker, until, Now) is not { } claimed) return null;
        Apply(claimed);
        return claimed.After;
    }

    public LeaseAnswer Renew(long id, long fence, DateTimeOffset until) =>
        Apply(JobLifecycle.Renew(jobs[id], fence, until, new Progress(1, 2)));

    public bool Finish(long id, long fence, RunOutcome outcome) =>
        Apply(JobLifecycle.Finish(jobs[id], fence, outcome, retries, Now));

    public CancelOutcome Cancel(long id, int account, bool force) => Apply(JobLifecycle.Cancel(jobs[id], account, force, Now));

    public ApproveOutcome Approve(long id, int account) => Apply(JobLifecycle.Approve(jobs[id], account, Now));

    public MoveOutcome MoveToFront(long id)
    {
        var first = jobs.Values.Where(job => job.Lane == jobs[id].Lane && job.State.IsQueued).Select(Key).DefaultIfEmpty().Min();
        return Apply(JobLifecycle.MoveToFront(jobs[id], first));
    }

    public int Sweep() => ApplyAll(job => JobLifecycle.Expire(job, Now, Now, retries, Now));

    public int Interrupt(string prefix) =>
        ApplyAll(
            job => job.Worker?.StartsWith(prefix, StringComparison.Ordinal) == true ? JobLifecycle.Interrupt(
                job, retries, Now) : null);

    private static QueueKey Key(Job job) => new(job.Tier, job.Priority, job.Turn, job.Id);

    private int ApplyAll(Func<Job, JobTransition?> decide)
    {
        var decided = jobs.Values.Select(decide).OfType<JobTransition>().ToList();
        decided.ForEach(Apply);
        return decided.Count;
    }

    private T Apply<T>(JobDecision<T> decision)
    {
        if (decision.Transition is { } transition) Apply(transition);
        return decision.Answer;
    }

    private void Apply(JobTransition transition)
    {
        jobs[transition.After.Id] = transition.After;
        if (transition.PastRun is { } run) PastRuns.Add((transition.After.Id, run.Fence));
        if (transition.Events.Any()) Deliveries.Add(transition.After.Id);
        if (transition.Settlement is not Settlement.None and var settlement) Settlements.Add(transition.After.Id, settlement);
    }
}
