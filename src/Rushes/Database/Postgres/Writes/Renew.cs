using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>A heartbeat.</summary>
internal sealed class Renew(long id, long fence, DateTimeOffset until, Progress progress, CancellationToken cancel)
    : JobMove<LeaseAnswer>(id, cancel)
{
    protected override JobDecision<LeaseAnswer> Decide(Job? job, Transaction transaction) =>
        JobLifecycle.Renew(job, fence, until + transaction.Correction, progress);
}
