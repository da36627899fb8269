using Rushes.Accounts;
using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Makes a queued job the first of its lane. Out of turn, so that turns are not counted from where it stands.</summary>
internal sealed class MoveToFront(long id, string actor, CancellationToken cancel) : Write<MoveOutcome>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override MoveOutcome Apply(Transaction transaction)
    {
        if (Find(transaction) is not { } job) return MoveOutcome.Unknown;
        if (!job.State.IsQueued) return MoveOutcome.NotQueued;
        var (first, tier) = Head(transaction, job.Lane);
        if (first == id) return MoveOutcome.First;

        using var update = transaction.Prepare($"UPDATE jobs SET tier = ?, turn = 0 WHERE id = ? AND state IN (0, 2) RETURNING {ChangeRow.ColumnsOfEnd}");
        update.Bind(tier + 1).Bind(id).PublishTo(transaction);
        AppendAudit.To(transaction, new AuditEntry(actor, "job moved to front", $"job {id}", Detail.Of(("account", job.Account), ("lane", job.Lane), ("tier", job.Tier))));
        return MoveOutcome.Moved;
    }

    private (JobState State, string Lane, int Tier, int Account)? Find(Transaction transaction)
    {
        using var select = transaction.Prepare("SELECT state, lane, tier, account FROM jobs WHERE id = ?");
        return select.Bind(id).Step() ? ((JobState)select.Int(0), select.Text(1), select.Int(2), select.Int(3)) : null;
    }

    private static (long Id, int Tier) Head(Transaction transaction, string lane)
    {
        using var select = transaction.Prepare("""
            SELECT id, tier FROM jobs INDEXED BY jobs_queued WHERE lane = ? AND state IN (0, 2)
            ORDER BY tier DESC, priority DESC, turn, id LIMIT 1
            """);
        select.Bind(lane).Step();
        return (select.Long(0), select.Int(1));
    }
}
