using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Takes jobs from workers that died with the gateway: an interruption each. Gives how many.</summary>
internal sealed class Interrupt(string workerPrefix, CancellationToken cancel) : Write<int>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override int Apply(Transaction transaction)
    {
        var interrupted = Running(transaction)
            .Select(job => JobLifecycle.Interrupt(job, transaction.Retries, transaction.Now)).OfType<JobTransition>().ToList();
        foreach (var transition in interrupted) transaction.Apply(transition);
        FreeDrafts(transaction);
        return interrupted.Count;
    }

    /// <summary>
    /// All of them, because who makes a draft is not stored. Making another gateway's twice costs seconds; its fence decides which counts.
    /// </summary>
    private static void FreeDrafts(Transaction transaction)
    {
        using var update = transaction.Prepare($"""
            UPDATE jobs INDEXED BY jobs_drafts SET draft_until = 0
            WHERE draft = {StateNumbers.DraftWanted} AND state IN {StateNumbers.Live} AND draft_until > 0
            """);
        update.Execute();
    }

    private List<Job> Running(Transaction transaction)
    {
        using var select = transaction.Prepare($"""
            SELECT {JobRow.Columns} FROM jobs INDEXED BY jobs_running
            WHERE state = {StateNumbers.Running} AND substr(worker, 1, length(?1)) = ?1 ORDER BY id
            """);
        return select.Bind(workerPrefix).ReadAll(JobRow.Read);
    }
}
