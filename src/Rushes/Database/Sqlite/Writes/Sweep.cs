using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Applies the deadlines of jobs, and gives how many had passed. Removes turns that no live job needs any more.</summary>
internal sealed class Sweep(DateTimeOffset due, DateTimeOffset heard, CancellationToken cancel) : Write<int>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override int Apply(Transaction transaction)
    {
        List<Job> found =
        [
            .. Find(transaction, heard, $"""
                SELECT {JobRow.Columns} FROM jobs INDEXED BY jobs_running
                WHERE state = {StateNumbers.Running} AND lease_until <= ? ORDER BY id
                """),
            .. Find(transaction, due, $"""
                SELECT {JobRow.Columns} FROM jobs INDEXED BY jobs_start_by
                WHERE state = {StateNumbers.Pending} AND start_by <= ? ORDER BY id
                """),
            .. Find(transaction, due, $"""
                SELECT {JobRow.Columns} FROM jobs INDEXED BY jobs_awaiting
                WHERE state = {StateNumbers.Awaiting} AND approve_by <= ? ORDER BY id
                """),
        ];
        var expired = found.Select(job => JobLifecycle.Expire(job, due, heard, transaction.Retries, transaction.Now)).OfType<JobTransition>().ToList();
        foreach (var transition in expired) transaction.Apply(transition);
        // Last: jobs that were just failed hold no turn any more.
        Turns.Forget(transaction);
        return expired.Count;
    }

    private static List<Job> Find(Transaction transaction, DateTimeOffset until, string sql)
    {
        using var select = transaction.Prepare(sql);
        return select.Bind(until).ReadAll(JobRow.Read);
    }
}
