using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

internal sealed class Cancel(long id, int account, bool force, CancellationToken cancel) : JobMove<CancelOutcome>(id, cancel)
{
    protected override CancelOutcome Apply(MovingJob? job, Transaction transaction)
    {
        if (job is null || job.Account != account) return CancelOutcome.Unknown;
        if (job.State.IsFinished) return CancelOutcome.AlreadyFinished;
        if (job.State.IsWaiting)
        {
            job.Cancel();
            return CancelOutcome.Cancelled;
        }

        if (!force) return CancelOutcome.Running;
        job.MarkToStop();
        return CancelOutcome.Stopping;
    }
}
