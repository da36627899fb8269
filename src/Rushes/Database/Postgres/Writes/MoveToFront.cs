using Rushes.Accounts;
using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Makes a queued job the first of its lane. Out of turn, so that turns are not counted from where it stands.</summary>
internal sealed class MoveToFront(long id, string actor, CancellationToken cancel) : SingleWrite<MoveOutcome>(cancel)
{
    protected override async Task<MoveOutcome> ApplyAsync(Transaction transaction)
    {
        var moves = await JobMoves.OfAsync(transaction, [id]);
        var job = moves.Find(id);
        var moved = JobLifecycle.MoveToFront(job, job is null ? default : await FirstAsync(transaction, job.Lane));
        if (moved.Transition is null) return moved.Answer;

        await AppendAudit.ToAsync(transaction, new AuditEntry(
            actor, "job moved to front", $"job {id}", Detail.Of(("account", job!.Account), ("lane", job.Lane), ("tier", job.Tier))));
        moves.Apply(moved);
        await moves.WriteAsync();
        return moved.Answer;
    }

    private static async Task<QueueKey> FirstAsync(Transaction transaction, string lane) => (await transaction.ReadAsync(
        $"""
        SELECT tier, priority, turn, id FROM jobs WHERE lane = $1 AND state IN {StateNumbers.Queued}
        ORDER BY tier DESC, priority DESC, turn, id LIMIT 1
        """,
        [lane], row => new QueueKey(row.Int(0), row.Int(1), row.Long(2), row.Long(3)))).FirstOrDefault();
}
