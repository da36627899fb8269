using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Ends a run, if its lease still stands.</summary>
internal sealed class Finish(long id, long fence, RunOutcome outcome, CancellationToken cancel) : JobMove<bool>(id, cancel)
{
    protected override JobDecision<bool> Decide(Job? job, Transaction transaction) =>
        JobLifecycle.Finish(job, fence, outcome, transaction.Retries, transaction.Now);
}
