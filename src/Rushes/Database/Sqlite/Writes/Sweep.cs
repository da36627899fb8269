using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Takes jobs from workers that went silent: an attempt each. Gives how many.</summary>
internal sealed class Sweep(DateTimeOffset now, CancellationToken cancel) : Write<int>(cancel)
{
    private static readonly JobError WorkerLost =
        new("worker_lost", "The worker that ran the job fell silent, and no attempts are left. See the workers' logs, then submit it again.");

    public override bool HasSeveralStatements => true;

    protected override int Apply(Transaction transaction)
    {
        var expired = Expired(transaction);
        foreach (var (id, fence) in expired) RunEnd.Attempt(transaction, id, fence, WorkerLost, retryable: true);
        return expired.Count;
    }

    private List<(long Id, long Fence)> Expired(Transaction transaction)
    {
        using var select = transaction.Prepare(
            "SELECT id, fence FROM jobs INDEXED BY jobs_running WHERE state = 1 AND lease_until <= ? ORDER BY id");
        return select.Bind(now).ReadLeases();
    }
}
