namespace Rushes.Database.Sqlite.Writes;

/// <summary>Takes jobs from workers that died with the gateway: an interruption each. Gives how many.</summary>
internal sealed class Interrupt(string workerPrefix, CancellationToken cancel) : Write<int>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override int Apply(Transaction transaction)
    {
        var running = Running(transaction);
        foreach (var (id, fence) in running) RunEnd.Interruption(transaction, id, fence);
        FreeDrafts(transaction);
        return running.Count;
    }

    /// <summary>
    /// Everyone's: who makes a draft is not noted. That another gateway's may be made twice costs seconds, and the fence sees to the rest.
    /// </summary>
    private static void FreeDrafts(Transaction transaction)
    {
        using var update = transaction.Prepare("""
            UPDATE jobs INDEXED BY jobs_drafts SET draft_until = 0 WHERE draft = 1 AND state IN (0, 1, 2, 6) AND draft_until > 0
            """);
        update.Execute();
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
