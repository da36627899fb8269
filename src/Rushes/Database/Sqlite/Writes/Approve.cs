using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

internal sealed class Approve(long id, int account, CancellationToken cancel) : Write<ApproveOutcome>(cancel)
{
    protected override ApproveOutcome Apply(Transaction transaction) =>
        transaction.Apply(JobLifecycle.Approve(transaction.FindJob(id), account, transaction.Now));
}
