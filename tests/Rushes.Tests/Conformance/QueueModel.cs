using Rushes.Jobs;

namespace Rushes.Tests.Conformance;

/// <summary>A simple model of the queue: one list that is sorted on demand.</summary>
internal sealed class QueueModel(RetryPolicy retries, Func<int, int?> maxRunning)
{
    private readonly Dictionary<(string Lane, int Tier, int Priority), long> started = [];

    public List<ModelJob> Jobs { get; } = [];

    public HashSet<string> Paused { get; } = [];

    public List<ModelJob> Queue(params string[] lanes) =>
    [
        .. Jobs.Where(job => job.State.IsQueued && lanes.Contains(job.Lane))
            .OrderByDescending(job => job.Tier).ThenByDescending(job => job.Priority)
                .ThenBy(job => job.Turn)
                .ThenBy(job => job.Id),
    ];

    public void Submit(ModelJob job) => Jobs.Add(job);

    public bool IsFull(int account) =>
        Jobs.Count(job => job.State == JobState.Running && job.Account == account) >= maxRunning(account);

    public long NextTurn(int account, (string Lane, int Tier, int Priority) at, int weight)
    {
        if (!Jobs.Exists(job => job.State.IsQueued && job.Class == at)) started[at] = Farthest(at.Tier, at.Priority);
        return FairShare.Turn(started.GetValueOrDefault(at), LastOf(account, at), weight);
    }

    private long Farthest(int tier, int priority) =>
        started.Where(known => (known.Key.Tier, known.Key.Priority) == (tier, priority))
            .Select(known => known.Value)
            .DefaultIfEmpty(0)
            .Max();

    private long LastOf(int account, (string Lane, int Tier, int Priority) at) =>
        Jobs.Where(job => job.State.IsWaiting && job.Account == account && job.Class == at)
            .Select(job => job.Turn)
            .DefaultIfEmpty(0)
            .Max();

    /// <summary>The jobs before a job, without those of other accounts at their concurrency limit.</summary>
    public Place Ahead(ModelJob job, params string[] lanes)
    {
        var ahead = Queue(lanes).TakeWhile(other => other != job)
            .Where(other => other.Account == job.Account || !IsFull(other.Account))
            .ToList();
        return new Place(ahead.Count, ahead.Sum(other => (long)other.Work));
    }

    public ModelJob? Claim(string[] lanes, string worker, DateTimeOffset until, DateTimeOffset now)
    {
        if (Queue([.. lanes.Except(Paused)]).Find(job => !job.IsLate(now) && !IsFull(job.Account)) is not { } first) return null;
        if (first.Turn > 0) started[first.Class] = Math.Max(started.GetValueOrDefault(first.Class), first.Turn);
        (first.State, first.Worker, first.Until) = (JobState.Running, worker, until);
        first.Fence++;
        return first;
    }

    public MoveOutcome Move(ModelJob job)
    {
        if (!job.State.IsQueued) return MoveOutcome.NotQueued;
        var first = Queue(job.Lane)[0];
        if (first == job) return MoveOutcome.First;
        (job.Tier, job.Turn) = (first.Tier + 1, 0);
        return MoveOutcome.Moved;
    }

    public bool Finish(ModelJob job, long fence, RunOutcome outcome)
    {
        if (!job.IsHeldBy(fence)) return false;
        switch (outcome)
        {
            case RunOutcome.Done: job.State = JobState.Completed; break;
            case RunOutcome.Stopped: job.State = JobState.Cancelled; break;
            case RunOutcome.Failed failed: Attempt(job, failed.Retryable); break;
            case RunOutcome.EngineFault: job.State = job.Stop ? JobState.Cancelled : JobState.Retry; break;
            default: Interruption(job); break;
        }

        return true;
    }

    public int Sweep(DateTimeOffset now)
    {
        var late = Jobs.FindAll(job => job.IsLate(now) || (job.State == JobState.Awaiting && job.ApproveBy <= now));
        late.ForEach(job => job.State = job.Stop ? JobState.Cancelled : JobState.Failed);
        var swept = late.Count + Each(job => job.Until <= now, job => Attempt(job, retryable: true));
        foreach (var at in started.Keys.Where(at => !Jobs.Exists(job => job.Class == at && !job.State.IsFinished)).ToList())
            started.Remove(at);
        return swept;
    }

    public int Interrupt(string prefix) =>
        Each(job => job.Worker!.StartsWith(prefix, StringComparison.Ordinal), Interruption);

    private int Each(Func<ModelJob, bool> which, Action<ModelJob> action)
    {
        var found = Jobs.Where(job => job.State == JobState.Running && which(job)).ToList();
        found.ForEach(action);
        return found.Count;
    }

    private void Attempt(ModelJob job, bool retryable)
    {
        if (!job.Stop) job.Attempts++;
        job.State = job.Stop
            ? JobState.Cancelled
            : retryable && job.Attempts < retries.MaxAttempts
            ? JobState.Retry
            : JobState.Failed;
    }

    private void Interruption(ModelJob job)
    {
        if (!job.Stop) job.Interruptions++;
        job.State = job.Stop
            ? JobState.Cancelled
            : job.Interruptions <= retries.MaxInterruptions
            ? JobState.Retry
            : JobState.Failed;
    }
}

internal sealed class ModelJob
{
    public required long Id { get; init; }

    public required int Account { get; init; }

    public required string Lane { get; init; }

    public required int Tier { get; set; }

    public required int Priority { get; init; }

    public long Turn { get; set; }

    public (string, int, int) Class => (Lane, Tier, Priority);

    public required int Work { get; init; }

    public bool HasWebhook { get; init; }

    public long Price { get; init; }

    public DateTimeOffset? StartBy { get; set; }

    public DateTimeOffset? Deadline { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ApproveBy { get; init; }

    public JobState State { get; set; }

    public int Attempts { get; set; }

    public int Interruptions { get; set; }

    public long Fence { get; set; }

    public string? Worker { get; set; }

    public DateTimeOffset Until { get; set; }

    public bool Stop { get; set; }

    public bool IsHeldBy(long fence) => State == JobState.Running && Fence == fence;

    public bool IsLate(DateTimeOffset now) => (State == JobState.Pending && StartBy <= now) || IsOverdue(now);

    public bool IsOverdue(DateTimeOffset now) => !State.IsFinished && Deadline <= now;

    public LeaseAnswer Renew(long fence, DateTimeOffset until)
    {
        if (!IsHeldBy(fence)) return LeaseAnswer.Lost;
        Until = until;
        return Stop ? LeaseAnswer.Stop : LeaseAnswer.Held;
    }

    public ApproveOutcome Approve(DateTimeOffset now)
    {
        if (State.IsFinished) return ApproveOutcome.AlreadyFinished;
        if (ApproveBy is null) return ApproveOutcome.NotAsked;
        if (State == JobState.Awaiting) (State, StartBy) = (JobState.Pending, StartBy + (now - CreatedAt));
        return ApproveOutcome.Approved;
    }

    public CancelOutcome Cancel(bool force)
    {
        if (State.IsFinished) return CancelOutcome.AlreadyFinished;
        if (State.IsWaiting)
        {
            State = JobState.Cancelled;
            return CancelOutcome.Cancelled;
        }

        Stop |= force;
        return force ? CancelOutcome.Stopping : CancelOutcome.Running;
    }
}
