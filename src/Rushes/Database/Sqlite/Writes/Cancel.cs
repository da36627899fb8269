using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

internal sealed class Cancel(long id, int account, bool force, CancellationToken cancel) : Write<CancelOutcome>(cancel)
{
    // The job's end and its delivery.
    public override bool HasSeveralStatements => true;

    protected override CancelOutcome Apply(Transaction transaction)
    {
        if (CancelWaiting(transaction)) return CancelOutcome.Cancelled;
        return StateOf(transaction) switch
        {
            null => CancelOutcome.Unknown,
            JobState.Running when force => MarkToStop(transaction),
            JobState.Running => CancelOutcome.Running,
            _ => CancelOutcome.AlreadyFinished,
        };
    }

    private bool CancelWaiting(Transaction transaction)
    {
        using var update = transaction.Prepare($"""
            UPDATE jobs SET state = 5, ended_at = ? WHERE id = ? AND account = ? AND state IN (0, 2, 6)
            RETURNING {ChangeRow.ColumnsOfEnd}
            """);
        return update.Bind(transaction.Now).Bind(id).Bind(account).PublishTo(transaction);
    }

    private CancelOutcome MarkToStop(Transaction transaction)
    {
        // Asking twice changes nothing and tells nobody.
        using var update = transaction.Prepare($"""
            UPDATE jobs SET stop = 1 WHERE id = ? AND account = ? AND state = 1 AND stop = 0
            RETURNING {ChangeRow.ColumnsOfEnd}
            """);
        update.Bind(id).Bind(account).PublishTo(transaction);
        return CancelOutcome.Stopping;
    }

    private JobState? StateOf(Transaction transaction)
    {
        using var select = transaction.Prepare("SELECT state FROM jobs WHERE id = ? AND account = ?");
        return select.Bind(id).Bind(account).Step() ? (JobState)select.Int(0) : null;
    }
}
