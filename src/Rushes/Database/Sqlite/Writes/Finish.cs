using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Ends a run, if its lease still stands.</summary>
internal sealed class Finish(long id, long fence, RunOutcome outcome, CancellationToken cancel) : Write<bool>(cancel)
{
    // The job's end and its delivery.
    public override bool HasSeveralStatements => true;

    protected override bool Apply(Transaction transaction) =>
        transaction.Apply(JobLifecycle.Finish(transaction.FindJob(id), fence, outcome, transaction.Retries, transaction.Now));
}
