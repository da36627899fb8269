using Rushes.Accounts;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Makes a queued job the first of its lane. Out of turn, so that turns are not counted from where it stands.</summary>
internal sealed class MoveToFront(long id, string actor, CancellationToken cancel) : Write<MoveOutcome>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override MoveOutcome Apply(Transaction transaction)
    {
        var job = transaction.FindJob(id);
        var moved = JobLifecycle.MoveToFront(job, job is null ? default : First(transaction, job.Lane));
        if (moved.Transition is null) return moved.Answer;

        AppendAudit.To(transaction, new AuditEntry(
            actor, "job moved to front", $"job {id}", Detail.Of(("account", job!.Account), ("lane", job.Lane), ("tier", job.Tier))));
        return transaction.Apply(moved);
    }

    private static QueueKey First(Transaction transaction, string lane)
    {
        using var select = transaction.Prepare($"""
            SELECT tier, priority, turn, id FROM jobs INDEXED BY jobs_queued WHERE lane = ? AND state IN {StateNumbers.Queued}
            ORDER BY tier DESC, priority DESC, turn, id LIMIT 1
            """);
        return select.Bind(lane).Step() ? new QueueKey(select.Int(0), select.Int(1), select.Long(2), select.Long(3)) : default;
    }
}
