using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

internal sealed class TakeDraft(DateTimeOffset until, CancellationToken cancel) : Write<DraftTask?>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override DraftTask? Apply(Transaction transaction)
    {
        GiveUp(transaction);
        using var update = transaction.Prepare($"""
            UPDATE jobs SET draft_until = ?, draft_fence = draft_fence + 1
            WHERE id = (SELECT id FROM jobs INDEXED BY jobs_drafts
                        WHERE draft = {StateNumbers.DraftWanted} AND state IN {StateNumbers.Live} AND draft_until <= ? ORDER BY draft_until, id LIMIT 1)
            RETURNING {JobRow.Columns}, draft_fence
            """);
        return update.Bind(until).Bind(transaction.Now).Step() ? new DraftTask(JobRow.Read(update), update.Int(JobRow.Count)) : null;
    }

    private static void GiveUp(Transaction transaction)
    {
        using var update = transaction.Prepare($"""
            UPDATE jobs INDEXED BY jobs_drafts SET draft = {StateNumbers.DraftFailed}
            WHERE draft = {StateNumbers.DraftWanted} AND state IN {StateNumbers.Live} AND draft_until <= ? AND draft_fence >= ?
            RETURNING {ChangeRow.Columns}
            """);
        update.Bind(transaction.Now).Bind(DraftTask.MostTimes).PublishTo(transaction);
    }
}
