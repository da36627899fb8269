using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

internal sealed class Cancel(long id, int account, bool force, CancellationToken cancel) : Write<CancelOutcome>(cancel)
{
    // The job's end and its delivery.
    public override bool HasSeveralStatements => true;

    protected override CancelOutcome Apply(Transaction transaction) =>
        transaction.Apply(JobLifecycle.Cancel(transaction.FindJob(id), account, force, transaction.Now));
}
