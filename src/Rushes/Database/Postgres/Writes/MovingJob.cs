using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>A job's row while a group moves it: each write does to it what it may, and the last state is written once.</summary>
internal sealed class MovingJob
{
    /// <summary>What <see cref="Read"/> reads.</summary>
    public const string Columns = "id, account, state, fence, attempts, interruptions, stop, lease_until, done, total";

    private readonly long fence;

    private MovingJob(Row row)
    {
        (Id, Account, State, fence) = (row.Long(0), row.Int(1), (JobState)row.Int(2), row.Long(3));
        (Attempts, Interruptions, Stop, LeaseUntil) = (row.Int(4), row.Int(5), row.Bool(6), row.TimeOrNull(7));
        Progress = new Progress(row.Int(8), row.Int(9));
    }

    public long Id { get; }

    public int Account { get; }

    public JobState State { get; private set; }

    public int Attempts { get; private set; }

    public int Interruptions { get; private set; }

    public bool Stop { get; private set; }

    public DateTimeOffset? LeaseUntil { get; private set; }

    public Progress Progress { get; private set; }

    public string? ResultKey { get; private set; }

    public long ResultBytes { get; private set; }

    public JobError? Error { get; private set; }

    public bool IsChanged { get; private set; }

    /// <summary>The run that the job's row forgets now: its fence, and what it failed with; null for an interruption.</summary>
    public (long Fence, JobError? Error)? Past { get; private set; }

    public static MovingJob Read(Row row) => new(row);

    public bool IsHeldBy(long lease) => State == JobState.Running && fence == lease;

    /// <summary>A lease that ran out but was not swept yet is still held: nobody else can have the job.</summary>
    public LeaseAnswer Renew(long lease, DateTimeOffset until, Progress progress)
    {
        if (!IsHeldBy(lease)) return LeaseAnswer.Lost;
        (LeaseUntil, Progress, IsChanged) = (until.ToMilliseconds(), progress, true);
        return Stop ? LeaseAnswer.Stop : LeaseAnswer.Held;
    }

    /// <summary>Asking twice changes nothing and tells nobody.</summary>
    public void MarkToStop()
    {
        IsChanged |= !Stop;
        Stop = true;
    }

    /// <summary>Ends a run, if its lease still stands.</summary>
    public bool Finish(long lease, RunOutcome outcome, RetryPolicy retries)
    {
        if (!IsHeldBy(lease)) return false;
        switch (outcome)
        {
            case RunOutcome.Done done:
                Complete(done);
                break;
            case RunOutcome.Failed failed:
                EndAttempt(failed.Error, failed.Retryable, retries);
                break;
            case RunOutcome.Stopped:
                Cancel();
                break;
            case RunOutcome.Returned:
                EndByInterruption(retries);
                break;
            default:
                throw new NotSupportedException($"A run cannot end as {outcome}.");
        }

        return true;
    }

    /// <summary>The engine's fault or the worker's. One whose owner asked for a stop meanwhile is cancelled instead.</summary>
    public void EndAttempt(JobError error, bool retryable, RetryPolicy retries)
    {
        if (Stop)
        {
            Cancel();
            return;
        }

        Attempts++;
        if (retries.AfterAttempt(Attempts, retryable) == JobState.Retry) Requeue(error);
        else Fail(error);
    }

    /// <summary>The gateway's own stop or crash.</summary>
    public void EndByInterruption(RetryPolicy retries)
    {
        if (Stop)
        {
            Cancel();
            return;
        }

        Interruptions++;
        if (retries.AfterInterruption(Interruptions) == JobState.Retry) Requeue(null);
        else Fail(Failures.Interrupted(Interruptions));
    }

    public void Cancel() => Become(JobState.Cancelled);

    public void Fail(JobError error)
    {
        Error = error;
        Become(JobState.Failed);
    }

    private void Complete(RunOutcome.Done done)
    {
        (ResultKey, ResultBytes) = (done.ResultKey, done.ResultBytes);
        Become(JobState.Completed);
    }

    private void Requeue(JobError? error)
    {
        Past = (fence, error);
        Progress = default;
        Become(JobState.Retry);
    }

    private void Become(JobState next)
    {
        (State, LeaseUntil, IsChanged) = (next, null, true);
    }
}
