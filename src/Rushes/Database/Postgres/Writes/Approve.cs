using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

internal sealed class Approve(long id, int account, CancellationToken cancel) : JobMove<ApproveOutcome>(id, cancel)
{
    protected override JobDecision<ApproveOutcome> Decide(Job? job, Transaction transaction) =>
        JobLifecycle.Approve(job, account, transaction.Now);
}
