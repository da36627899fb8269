using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

internal sealed class Cancel(long id, int account, bool force, CancellationToken cancel) : JobMove<CancelOutcome>(id, cancel)
{
    protected override JobDecision<CancelOutcome> Decide(Job? job, Transaction transaction) =>
        JobLifecycle.Cancel(job, account, force, transaction.Now);
}
