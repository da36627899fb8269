namespace Rushes.Jobs;

/// <summary>
/// Makes every decision about a job's state. Each function takes a stored job and an event, and returns the answer and the
/// transition. They use neither a clock nor a database: the databases load the job, call them, and store and publish the
/// transition.
/// </summary>
public static class JobLifecycle
{
    private static readonly JobError StartTimeout =
        new(
            "start_timeout",
            "No worker was free before the time by which the job had to start. Submit it again, or allow it more time.");

    private static readonly JobError DeadlineExceeded = new(
        "deadline_exceeded", "The job did not end before its deadline. Submit it again with more time.");

    private static readonly JobError ApprovalTimeout = new(
        "approval_timeout", "Its draft was not approved in time. Submit it again.");

    /// <summary>All changes of state, and the events that cause them. A test compares docs/lifecycle.md with it.</summary>
    public static IReadOnlyList<JobMove> Moves { get; } =
    [
        new(JobState.Awaiting, JobEvent.Approve, JobState.Pending),
        new(JobState.Awaiting, JobEvent.Cancel, JobState.Cancelled),
        new(JobState.Awaiting, JobEvent.Expire, JobState.Failed),
        new(JobState.Awaiting, JobEvent.Deadline, JobState.Failed),
        new(JobState.Awaiting, JobEvent.Delete, JobState.Cancelled),
        new(JobState.Pending, JobEvent.Claim, JobState.Running),
        new(JobState.Pending, JobEvent.Cancel, JobState.Cancelled),
        new(JobState.Pending, JobEvent.Expire, JobState.Failed),
        new(JobState.Pending, JobEvent.Deadline, JobState.Failed),
        new(JobState.Pending, JobEvent.Delete, JobState.Cancelled),
        new(JobState.Running, JobEvent.Complete, JobState.Completed),
        new(JobState.Running, JobEvent.Fail, JobState.Retry),
        new(JobState.Running, JobEvent.Fail, JobState.Failed),
        new(JobState.Running, JobEvent.Fail, JobState.Cancelled),
        new(JobState.Running, JobEvent.EngineFault, JobState.Retry),
        new(JobState.Running, JobEvent.EngineFault, JobState.Failed),
        new(JobState.Running, JobEvent.EngineFault, JobState.Cancelled),
        new(JobState.Running, JobEvent.Stop, JobState.Cancelled),
        new(JobState.Running, JobEvent.Return, JobState.Retry),
        new(JobState.Running, JobEvent.Return, JobState.Failed),
        new(JobState.Running, JobEvent.Return, JobState.Cancelled),
        new(JobState.Running, JobEvent.Interrupt, JobState.Retry),
        new(JobState.Running, JobEvent.Interrupt, JobState.Failed),
        new(JobState.Running, JobEvent.Interrupt, JobState.Cancelled),
        new(JobState.Running, JobEvent.Expire, JobState.Retry),
        new(JobState.Running, JobEvent.Expire, JobState.Failed),
        new(JobState.Running, JobEvent.Expire, JobState.Cancelled),
        new(JobState.Running, JobEvent.Deadline, JobState.Failed),
        new(JobState.Running, JobEvent.Deadline, JobState.Cancelled),
        new(JobState.Running, JobEvent.Delete, JobState.Cancelled),
        new(JobState.Retry, JobEvent.Claim, JobState.Running),
        new(JobState.Retry, JobEvent.Cancel, JobState.Cancelled),
        new(JobState.Retry, JobEvent.Deadline, JobState.Failed),
        new(JobState.Retry, JobEvent.Delete, JobState.Cancelled),
    ];

    /// <summary>Whether a worker may claim the job now. <see cref="Expire"/> ends a job that is too late.</summary>
    public static bool MayClaim(Job job, DateTimeOffset now) =>
        job.State.IsQueued && !MissedStart(job, now) && !MissedDeadline(job, now);

    /// <summary>Leases a queued job to a worker. Returns null if it may not be claimed.</summary>
    public static JobTransition? Claim(Job job, string worker, DateTimeOffset until, DateTimeOffset now) => !MayClaim(job, now)
        ? null
        : JobTransition.Of(job, job with
        {
            State = JobState.Running,
            Fence = job.Fence + 1,
            Worker = worker,
            LeaseUntil = until,
            StartedAt = now,
            Progress = default,
            StopRequested = false,
        });

    /// <summary>
    /// Answers a heartbeat. An expired lease is held until the sweep ends the run, because no other worker gets the job before.
    /// </summary>
    public static LeaseAnswer Renew(LeaseState? lease, long fence) =>
        lease is not { State: JobState.Running } held || held.Fence != fence ? LeaseAnswer.Lost
        : held.StopRequested ? LeaseAnswer.Stop
        : LeaseAnswer.Held;

    /// <inheritdoc cref="Renew(LeaseState?, long)"/>
    public static JobDecision<LeaseAnswer> Renew(Job? job, long fence, DateTimeOffset until, Progress progress)
    {
        var answer = Renew(job is null ? null : LeaseState.Of(job), fence);
        return new(answer, answer == LeaseAnswer.Lost ? null : JobTransition.Of(
            job!, job! with { LeaseUntil = until, Progress = progress }));
    }

    /// <summary>
    /// Ends a run as its worker reports it. The answer is false if the lease was lost, and nothing changes.
    /// </summary>
    public static JobDecision<bool> Finish(Job? job, long fence, RunOutcome outcome, RetryPolicy retries, DateTimeOffset now)
    {
        if (!IsHeld(job, fence)) return new(false);
        return new(true, outcome switch
        {
            RunOutcome.Done done => End(
                job, job with { ResultKey = done.ResultKey, ResultBytes = done.ResultBytes }, JobState.Completed, now),
            RunOutcome.Failed failed => EndAttempt(job, PublicText.Of(failed.Error), failed.Retryable, retries, now),
            RunOutcome.EngineFault fault => EndByEngine(job, PublicText.Of(fault.Error), retries, now),
            RunOutcome.Stopped => End(job, job, JobState.Cancelled, now),
            RunOutcome.Returned => EndInterrupted(job, retries, now),
            _ => throw new NotSupportedException($"A run cannot end as {outcome}."),
        });
    }

    /// <summary>The gateway that ran the job stopped or crashed. Returns null if the job is not running.</summary>
    public static JobTransition? Interrupt(Job job, RetryPolicy retries, DateTimeOffset now) =>
        job.State == JobState.Running ? EndInterrupted(job, retries, now) : null;

    /// <summary>
    /// Applies the deadlines: an expired lease is a failed attempt; a job that was not started, approved or ended in time
    /// fails. Returns null if no deadline has passed.
    /// </summary>
    /// <param name="due">The time to compare all deadlines except those of leases with.</param>
    /// <param name="heard">The time until which heartbeats could arrive; leases that expire later are kept.</param>
    public static JobTransition? Expire(
        Job job, DateTimeOffset due, DateTimeOffset heard, RetryPolicy retries, DateTimeOffset now) => job.State switch
    {
        _ when MissedDeadline(job, due) => EndLate(job, now),
        JobState.Running when job.LeaseUntil <= heard => EndAttempt(job, WorkerLost(job, retries), retryable: true, retries, now),
        JobState.Pending when MissedStart(job, due) => End(job, job, JobState.Failed, now, StartTimeout),
        JobState.Awaiting when job.ApproveBy <= due => End(job, job, JobState.Failed, now, ApprovalTimeout),
        _ => null,
    };

    /// <summary>
    /// Cancels a waiting job. A running job is only marked, with <paramref name="force"/>: its worker stops at the next
    /// heartbeat.
    /// </summary>
    public static JobDecision<CancelOutcome> Cancel(Job? job, int account, bool force, DateTimeOffset now)
    {
        if (job is null || job.Account != account) return new(CancelOutcome.Unknown);
        if (job.State.IsFinished) return new(CancelOutcome.AlreadyFinished);
        if (job.State.IsWaiting) return new(CancelOutcome.Cancelled, End(job, job, JobState.Cancelled, now));
        if (!force) return new(CancelOutcome.Running);
        return new(CancelOutcome.Stopping, job.StopRequested ? null : JobTransition.Of(job, job with { StopRequested = true }));
    }

    /// <summary>
    /// Ends a job that is about to be deleted, so that its price is released and its worker loses the lease. No webhook is sent.
    /// </summary>
    /// <returns>The job; null if the account has none.</returns>
    public static JobDecision<Job?> Delete(Job? job, int account, DateTimeOffset now)
    {
        if (job is null || job.Account != account) return new(null);
        return new(job, job.State.IsFinished ? null : End(job, job with { WebhookUrl = null }, JobState.Cancelled, now));
    }

    /// <summary>Queues a job that waits for approval. Its time to start counts from now.</summary>
    public static JobDecision<ApproveOutcome> Approve(Job? job, int account, DateTimeOffset now)
    {
        if (job is null || job.Account != account) return new(ApproveOutcome.Unknown);
        if (job.State.IsFinished) return new(ApproveOutcome.AlreadyFinished);
        if (job.ApproveBy is null) return new(ApproveOutcome.NotAsked);
        if (job.State != JobState.Awaiting) return new(ApproveOutcome.Approved);
        return new(ApproveOutcome.Approved, JobTransition.Of(
            job, job with { State = JobState.Pending, StartBy = job.StartBy + (now - job.CreatedAt) }));
    }

    /// <summary>Moves a queued job to the front of its lane, regardless of tier and turn.</summary>
    /// <param name="first">The key of the job that a worker of the lane would claim next.</param>
    public static JobDecision<MoveOutcome> MoveToFront(Job? job, QueueKey first)
    {
        if (job is null) return new(MoveOutcome.Unknown);
        if (!job.State.IsQueued) return new(MoveOutcome.NotQueued);
        if (first.Id == job.Id) return new(MoveOutcome.First);
        return new(MoveOutcome.Moved, JobTransition.Of(job, job with { Tier = first.Tier + 1, Turn = 0 }));
    }

    private static bool IsHeld([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] Job? job, long fence) =>
        job is not null && Renew(LeaseState.Of(job), fence) != LeaseAnswer.Lost;

    private static bool MissedStart(Job job, DateTimeOffset now) => job.State == JobState.Pending && job.StartBy <= now;

    private static bool MissedDeadline(Job job, DateTimeOffset now) => !job.State.IsFinished && job.Deadline <= now;

    private static JobTransition EndLate(Job job, DateTimeOffset now) => job.StopRequested
        ? End(job, job, JobState.Cancelled, now)
        : End(job, job, JobState.Failed, now, DeadlineExceeded);

    /// <summary>The run failed because of the job, or its worker was lost: this counts as an attempt.</summary>
    private static JobTransition EndAttempt(Job job, JobError error, bool retryable, RetryPolicy retries, DateTimeOffset now)
    {
        if (job.StopRequested) return End(job, job, JobState.Cancelled, now);
        var counted = job with { Attempts = job.Attempts + 1 };
        return retryable && counted.Attempts < retries.MaxAttempts
            ? Requeue(job, counted, error, now)
            : End(job, counted, JobState.Failed, now, error);
    }

    /// <summary>
    /// The engine failed, probably not because of the job: this counts neither as an attempt nor as an interruption.
    /// </summary>
    private static JobTransition EndByEngine(Job job, JobError error, RetryPolicy retries, DateTimeOffset now)
    {
        if (job.StopRequested) return End(job, job, JobState.Cancelled, now);
        return job.Fence < retries.MaxRuns ? Requeue(job, job, error, now) : End(job, job, JobState.Failed, now, error);
    }

    /// <summary>The run ended without a failure of its engine or worker: this counts as an interruption.</summary>
    private static JobTransition EndInterrupted(Job job, RetryPolicy retries, DateTimeOffset now)
    {
        if (job.StopRequested) return End(job, job, JobState.Cancelled, now);
        var counted = job with { Interruptions = job.Interruptions + 1 };
        return counted.Interruptions <= retries.MaxInterruptions
            ? Requeue(job, counted, null, now)
            : End(job, counted, JobState.Failed, now, Interrupted(counted.Interruptions));
    }

    /// <summary>Returns the job to its position in the queue. The data of the run moves to the list of past runs.</summary>
    private static JobTransition Requeue(Job job, Job counted, JobError? error, DateTimeOffset now) => JobTransition.Of(
        job,
        counted with { State = JobState.Retry, LeaseUntil = null, Worker = null, StartedAt = null, Progress = default },
        new PastRun(job.Fence, job.Worker!, job.StartedAt!.Value, now, error));

    private static JobTransition End(Job job, Job counted, JobState state, DateTimeOffset now, JobError? error = null) =>
        JobTransition.Of(job, counted with { State = state, LeaseUntil = null, EndedAt = now, Error = error });

    private static JobError WorkerLost(Job job, RetryPolicy retries)
    {
        const string lost = "The worker that ran the job stopped responding";
        if (job.Attempts + 1 < retries.MaxAttempts) return new("worker_lost", lost + ".");
        var last = job.Attempts == 0 ? "" : $" in the last of {job.Attempts + 1} attempts";
        return new("worker_lost", $"{lost}{last}. See the workers' logs, then submit it again.");
    }

    private static JobError Interrupted(int times) =>
        new("interrupted", $"The gateway stopped {times} times while the job ran. Submit it again.");
}

public enum JobEvent
{
    /// <summary>A worker claims the job.</summary>
    Claim,

    /// <summary>The worker delivered the video.</summary>
    Complete,

    /// <summary>The run failed, probably because of the job.</summary>
    Fail,

    /// <summary>The run failed because of its engine.</summary>
    EngineFault,

    /// <summary>The worker stopped the run because the owner cancelled the job.</summary>
    Stop,

    /// <summary>The worker returns the job to the queue.</summary>
    Return,

    /// <summary>The gateway that ran the job stopped.</summary>
    Interrupt,

    /// <summary>The time for the lease, the start or the approval passed.</summary>
    Expire,

    /// <summary>The deadline of the whole job passed.</summary>
    Deadline,

    /// <summary>The owner cancels the job.</summary>
    Cancel,

    /// <summary>The owner approves the draft.</summary>
    Approve,

    /// <summary>Its owner deletes it.</summary>
    Delete,
}

public sealed record JobMove(JobState From, JobEvent Event, JobState To);

/// <param name="Answer">The answer to the caller.</param>
/// <param name="Transition">Null: the job does not change.</param>
public readonly record struct JobDecision<T>(T Answer, JobTransition? Transition = null);
