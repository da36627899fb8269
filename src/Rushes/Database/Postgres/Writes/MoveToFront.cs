using Rushes.Accounts;
using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Makes a queued job the first of its lane. Out of turn, so that turns are not counted from where it stands.</summary>
internal sealed class MoveToFront(long id, string actor, CancellationToken cancel) : SingleWrite<MoveOutcome>(cancel)
{
    protected override async Task<MoveOutcome> ApplyAsync(Transaction transaction)
    {
        var found = await transaction.ReadAsync(
            "SELECT state, lane, tier, account FROM jobs WHERE id = $1 FOR UPDATE", [id],
            row => (State: (JobState)row.Int(0), Lane: row.Text(1), Tier: row.Int(2), Account: row.Int(3)));
        if (found is not [var job]) return MoveOutcome.Unknown;
        if (!job.State.IsQueued) return MoveOutcome.NotQueued;

        var head = (await transaction.ReadAsync(
            "SELECT id, tier FROM jobs WHERE lane = $1 AND state IN (0, 2) ORDER BY tier DESC, priority DESC, turn, id LIMIT 1", [job.Lane],
            row => (Id: row.Long(0), Tier: row.Int(1))))[0];
        if (head.Id == id) return MoveOutcome.First;

        var moved = await transaction.ChangeAsync(
            $"UPDATE jobs SET tier = $1, turn = 0 WHERE id = $2 RETURNING {ChangeRow.Columns}", [head.Tier + 1, id], row => ChangeRow.Read(row, transaction.Now));
        foreach (var change in moved) transaction.Publish(change);
        await AppendAudit.ToAsync(transaction, new AuditEntry(
            actor, "job moved to front", $"job {id}", Detail.Of(("account", job.Account), ("lane", job.Lane), ("tier", job.Tier))));
        return MoveOutcome.Moved;
    }
}
