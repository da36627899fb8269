using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

internal sealed class Approve(long id, int account, CancellationToken cancel) : Write<ApproveOutcome>(cancel)
{
    protected override ApproveOutcome Apply(Transaction transaction)
    {
        // The time it was given to start does not run while its owner looks at the draft.
        using var update = transaction.Prepare($"""
            UPDATE jobs SET state = 0, start_by = start_by + (? - created_at) WHERE id = ? AND account = ? AND state = 6
            RETURNING {ChangeRow.ColumnsOfEnd}
            """);
        if (update.Bind(transaction.Now).Bind(id).Bind(account).PublishTo(transaction)) return ApproveOutcome.Approved;

        using var select = transaction.Prepare("SELECT state, approve_by IS NOT NULL FROM jobs WHERE id = ? AND account = ?");
        if (!select.Bind(id).Bind(account).Step()) return ApproveOutcome.Unknown;
        if (((JobState)select.Int(0)).IsFinished) return ApproveOutcome.AlreadyFinished;
        return select.Bool(1) ? ApproveOutcome.Approved : ApproveOutcome.NotAsked;
    }
}
