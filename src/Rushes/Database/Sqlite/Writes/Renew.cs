using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>A heartbeat.</summary>
internal sealed class Renew(long id, long fence, DateTimeOffset until, Progress progress, CancellationToken cancel)
    : Write<LeaseAnswer>(cancel)
{
    protected override LeaseAnswer Apply(Transaction transaction) =>
        transaction.Apply(JobLifecycle.Renew(transaction.FindJob(id), fence, until, progress));
}
