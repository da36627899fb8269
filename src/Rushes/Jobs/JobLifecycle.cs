namespace Rushes.Jobs;

/// <summary>
/// Every decision about a job's state: a stored job and an event in, the answer and the transition out. Nothing here reads a
/// clock or a database; the databases load the job, ask here, and store and publish the transition.
/// </summary>
public static class JobLifecycle
{
    private static readonly JobError StartTimeout =
        new(
            "start_timeout",
            "No worker was free before the time by which the job had to start. Submit it again, or allow it more time.");

    private static readonly JobError ApprovalTimeout = new(
        "approval_timeout", "Its draft was not approved in time. Submit it again.");

    /// <summary>Every change of state there is, and which event may cause it. docs/lifecycle.md prints it.</summary>
    public static IReadOnlyList<JobMove> Moves { get; } =
    [
        new(JobState.Awaiting, JobEvent.Approve, JobState.Pending),
        new(JobState.Awaiting, JobEvent.Cancel, JobState.Cancelled),
        new(JobState.Awaiting, JobEvent.Expire, JobState.Failed),
        new(JobState.Pending, JobEvent.Claim, JobState.Running),
        new(JobState.Pending, JobEvent.Cancel, JobState.Cancelled),
        new(JobState.Pending, JobEvent.Expire, JobState.Failed),
        new(JobState.Running, JobEvent.Complete, JobState.Completed),
        new(JobState.Running, JobEvent.Fail, JobState.Retry),
        new(JobState.Running, JobEvent.Fail, JobState.Failed),
        new(JobState.Running, JobEvent.Fail, JobState.Cancelled),
        new(JobState.Running, JobEvent.EngineFault, JobState.Retry),
        new(JobState.Running, JobEvent.EngineFault, JobState.Failed),
        new(JobState.Running, JobEvent.EngineFault, JobState.Cancelled),
        new(JobState.Running, JobEvent.Stop, JobState.Cancelled),
        new(JobState.Running, JobEvent.HandBack, JobState.Retry),
        new(JobState.Running, JobEvent.HandBack, JobState.Failed),
        new(JobState.Running, JobEvent.HandBack, JobState.Cancelled),
        new(JobState.Running, JobEvent.Interrupt, JobState.Retry),
        new(JobState.Running, JobEvent.Interrupt, JobState.Failed),
        new(JobState.Running, JobEvent.Interrupt, JobState.Cancelled),
        new(JobState.Running, JobEvent.Expire, JobState.Retry),
        new(JobState.Running, JobEvent.Expire, JobState.Failed),
        new(JobState.Running, JobEvent.Expire, JobState.Cancelled),
        new(JobState.Retry, JobEvent.Claim, JobState.Running),
        new(JobState.Retry, JobEvent.Cancel, JobState.Cancelled),
    ];

    /// <summary>Whether a worker may take the job now. One that missed its start time is left to <see cref="Expire"/>.</summary>
    public static bool MayClaim(Job job, DateTimeOffset now) => job.State.IsQueued && !MissedStart(job, now);

    /// <summary>Leases a queued job to a worker. Null: it may not be claimed.</summary>
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
    /// A heartbeat. A lease that ran out is still held until a sweep takes the job away, because nobody else can have it before.
    /// </summary>
    public static JobDecision<LeaseAnswer> Renew(Job? job, long fence, DateTimeOffset until, Progress progress)
    {
        if (!IsHeld(job, fence)) return new(LeaseAnswer.Lost);
        var renewed = JobTransition.Of(job, job with { LeaseUntil = until, Progress = progress });
        return new(job.StopRequested ? LeaseAnswer.Stop : LeaseAnswer.Held, renewed);
    }

    /// <summary>Ends a run as its worker reports it. False: the lease is lost and nothing changes.</summary>
    public static JobDecision<bool> Finish(Job? job, long fence, RunOutcome outcome, RetryPolicy retries, DateTimeOffset now)
    {
        if (!IsHeld(job, fence)) return new(false);
        return new(true, outcome switch
        {
            RunOutcome.Done done => End(
                job, job with { ResultKey = done.ResultKey, ResultBytes = done.ResultBytes }, JobState.Completed, now),
            RunOutcome.Failed failed => EndAttempt(job, failed.Error, failed.Retryable, retries, now),
            RunOutcome.EngineFault fault => EndByEngine(job, fault.Error, retries, now),
            RunOutcome.Stopped => End(job, job, JobState.Cancelled, now),
            RunOutcome.Returned => EndInterrupted(job, retries, now),
            _ => throw new NotSupportedException($"A run cannot end as {outcome}."),
        });
    }

    /// <summary>The gateway that ran the job stopped or crashed. Null: the job does not run.</summary>
    public static JobTransition? Interrupt(Job job, RetryPolicy retries, DateTimeOffset now) =>
        job.State == JobState.Running ? EndInterrupted(job, retries, now) : null;

    /// <summary>
    /// Applies the deadlines: a lease that ran out is a failed attempt, a job that was not started or not approved in time
    /// fails. Null: none has passed.
    /// </summary>
    /// <param name="due">Starts and approvals are due that were to happen by then.</param>
    /// <param name="heard">Until when workers could be heard: a lease that ran out later stands.</param>
    public static JobTransition? Expire(
        Job job, DateTimeOffset due, DateTimeOffset heard, RetryPolicy retries, DateTimeOffset now) => job.State switch
    {
        JobState.Running when job.LeaseUntil <= heard => EndAttempt(job, WorkerLost(job, retries), retryable: true, retries, now),
        JobState.Pending when MissedStart(job, due) => End(job, job, JobState.Failed, now, StartTimeout),
        JobState.Awaiting when job.ApproveBy <= due => End(job, job, JobState.Failed, now, ApprovalTimeout),
        _ => null,
    };

    /// <summary>
    /// Cancels a waiting job. A running one is only marked, with <paramref name="force"/>: its worker is told at the next
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

    /// <summary>Puts a job that waits for approval into the queue. The time it has to start begins to run only now.</summary>
    public static JobDecision<ApproveOutcome> Approve(Job? job, int account, DateTimeOffset now)
    {
        if (job is null || job.Account != account) return new(ApproveOutcome.Unknown);
        if (job.State.IsFinished) return new(ApproveOutcome.AlreadyFinished);
        if (job.ApproveBy is null) return new(ApproveOutcome.NotAsked);
        if (job.State != JobState.Awaiting) return new(ApproveOutcome.Approved);
        return new(ApproveOutcome.Approved, JobTransition.Of(
            job, job with { State = JobState.Pending, StartBy = job.StartBy + (now - job.CreatedAt) }));
    }

    /// <summary>Moves a queued job before the first of its lane, out of turn.</summary>
    /// <param name="first">The key of the job that a worker of the lane would take next.</param>
    public static JobDecision<MoveOutcome> MoveToFront(Job? job, QueueKey first)
    {
        if (job is null) return new(MoveOutcome.Unknown);
        if (!job.State.IsQueued) return new(MoveOutcome.NotQueued);
        if (first.Id == job.Id) return new(MoveOutcome.First);
        return new(MoveOutcome.Moved, JobTransition.Of(job, job with { Tier = first.Tier + 1, Turn = 0 }));
    }

    private static bool IsHeld([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] Job? job, long fence) =>
        job?.State == JobState.Running && job.Fence == fence;

    private static bool MissedStart(Job job, DateTimeOffset now) => job.State == JobState.Pending && job.StartBy <= now;

    /// <summary>The run failed through the job itself, or its worker was lost: an attempt.</summary>
    private static JobTransition EndAttempt(Job job, JobError error, bool retryable, RetryPolicy retries, DateTimeOffset now)
    {
        if (job.StopRequested) return End(job, job, JobState.Cancelled, now);
        var counted = job with { Attempts = job.Attempts + 1 };
        return retryable && counted.Attempts < retries.MaxAttempts
            ? Requeue(job, counted, error, now)
            : End(job, counted, JobState.Failed, now, error);
    }

    /// <summary>The engine failed, and not the job as far as is known: neither an attempt nor an interruption.</summary>
    private static JobTransition EndByEngine(Job job, JobError error, RetryPolicy retries, DateTimeOffset now)
    {
        if (job.StopRequested) return End(job, job, JobState.Cancelled, now);
        return job.Fence < retries.MaxRuns ? Requeue(job, job, error, now) : End(job, job, JobState.Failed, now, error);
    }

    /// <summary>The run ended through no fault of its engine or worker: an interruption.</summary>
    private static JobTransition EndInterrupted(Job job, RetryPolicy retries, DateTimeOffset now)
    {
        if (job.StopRequested) return End(job, job, JobState.Cancelled, now);
        var counted = job with { Interruptions = job.Interruptions + 1 };
        return counted.Interruptions <= retries.MaxInterruptions
            ? Requeue(job, counted, null, now)
            : End(job, counted, JobState.Failed, now, Interrupted(counted.Interruptions));
    }

    /// <summary>Back to the job's old place. What is known of the run moves from the job to the list of its past runs.</summary>
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

/// <summary>What can happen to a job.</summary>
public enum JobEvent
{
    /// <summary>A worker takes it.</summary>
    Claim,

    /// <summary>Its worker delivered the video.</summary>
    Complete,

    /// <summary>The run failed through the job itself, as far as is known.</summary>
    Fail,

    /// <summary>The run failed through its engine, whatever the job.</summary>
    EngineFault,

    /// <summary>Its worker stopped, as the owner asked.</summary>
    Stop,

    /// <summary>Its worker gives it back unharmed.</summary>
    HandBack,

    /// <summary>The gateway that ran it stopped.</summary>
    Interrupt,

    /// <summary>A deadline passed: of its lease, its start or its approval.</summary>
    Expire,

    /// <summary>Its owner cancels it.</summary>
    Cancel,

    /// <summary>Its owner approves its draft.</summary>
    Approve,
}

/// <summary>A change of state that an event may cause.</summary>
public sealed record JobMove(JobState From, JobEvent Event, JobState To);

/// <param name="Answer">For whoever caused the event.</param>
/// <param name="Transition">Null: the job stays as it is.</param>
public readonly record struct JobDecision<T>(T Answer, JobTransition? Transition = null);
