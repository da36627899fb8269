using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Ends a run, if its lease still stands.</summary>
internal sealed class Finish(long id, long fence, RunOutcome outcome, CancellationToken cancel) : Write<bool>(cancel)
{
    // The job's end and its delivery.
    public override bool HasSeveralStatements => true;

    protected override bool Apply(Transaction transaction) => outcome switch
    {
        RunOutcome.Done done => Complete(done, transaction),
        RunOutcome.Failed failed => RunEnd.Attempt(transaction, id, fence, failed.Error, failed.Retryable),
        RunOutcome.Stopped => RunEnd.Cancel(transaction, id, fence),
        RunOutcome.Returned => RunEnd.Interruption(transaction, id, fence),
        _ => throw new NotSupportedException($"A run cannot end as {outcome}."),
    };

    private bool Complete(RunOutcome.Done done, Transaction transaction)
    {
        using var update = transaction.Prepare($"""
            UPDATE jobs SET state = 3, lease_until = NULL, ended_at = ?, result_key = ?, result_bytes = ?
            WHERE id = ? AND fence = ? AND state = 1
            RETURNING {ChangeRow.ColumnsOfEnd}
            """);
        return update.Bind(transaction.Now).Bind(done.ResultKey).Bind(done.ResultBytes).Bind(id).Bind(fence).PublishTo(transaction);
    }
}
