using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>
/// Takes jobs from workers that went silent, an attempt each, and fails those that did not start or were not approved in time. Gives how many.
/// Turns that no live job goes by any more go on the way.
/// </summary>
internal sealed class Sweep(DateTimeOffset now, DateTimeOffset heard, CancellationToken cancel) : Write<int>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override int Apply(Transaction transaction)
    {
        var expired = Expired(transaction);
        foreach (var (id, fence) in expired) RunEnd.Attempt(transaction, id, fence, Failures.WorkerLost, retryable: true);
        var late = Fail(transaction, Failures.StartTimeout, $"""
            UPDATE jobs INDEXED BY jobs_start_by SET state = 4, ended_at = ?, error_code = ?, error_message = ?
            WHERE state = 0 AND start_by <= ?
            RETURNING {ChangeRow.ColumnsOfEnd}
            """);
        var unapproved = Fail(transaction, Failures.ApprovalTimeout, $"""
            UPDATE jobs INDEXED BY jobs_awaiting SET state = 4, ended_at = ?, error_code = ?, error_message = ?
            WHERE state = 6 AND approve_by <= ?
            RETURNING {ChangeRow.ColumnsOfEnd}
            """);
        // Last: those that were just failed hold no turn any more.
        Turns.Forget(transaction);
        return expired.Count + late + unapproved;
    }

    private int Fail(Transaction transaction, JobError error, string sql)
    {
        using var update = transaction.Prepare(sql);
        update.Bind(transaction.Now).Bind(error.Code).Bind(error.Message).Bind(now);
        var failed = 0;
        while (update.PublishTo(transaction)) failed++;
        return failed;
    }

    private List<(long Id, long Fence)> Expired(Transaction transaction)
    {
        using var select = transaction.Prepare(
            "SELECT id, fence FROM jobs INDEXED BY jobs_running WHERE state = 1 AND lease_until <= ? ORDER BY id");
        return select.Bind(heard).ReadLeases();
    }
}
