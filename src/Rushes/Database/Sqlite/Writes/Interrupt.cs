namespace Rushes.Database.Sqlite.Writes;

/// <summary>Takes jobs from workers that died with the gateway: an interruption each. Gives how many.</summary>
internal sealed class Interrupt(string workerPrefix, CancellationToken cancel) : Write<int>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override int Apply(Transaction transaction)
    {
        var running = Running(transaction);
        foreach (var (id, fence) in running) RunEnd.Interruption(transaction, id, fence);
        return running.Count;
    }

    private List<(long Id, long Fence)> Running(Transaction transaction)
    {
        using var select = transaction.Prepare("""
            SELECT id, fence FROM jobs INDEXED BY jobs_running
            WHERE state = 1 AND substr(worker, 1, length(?1)) = ?1 ORDER BY id
            """);
        return select.Bind(workerPrefix).ReadLeases();
    }
}
