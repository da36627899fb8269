using Rushes.Database.Rows;

namespace Rushes.Database.Postgres.Writes;

internal sealed class EndDraft(long id, int fence, string? key, CancellationToken cancel) : SingleWrite<bool>(cancel)
{
    protected override async Task<bool> ApplyAsync(Transaction transaction)
    {
        // Of jobs that live alone: the end of a job is told once, and what it was told with stays.
        var ended = await transaction.ChangeAsync(
            $"""
            UPDATE jobs SET draft = CASE WHEN $1::text IS NULL THEN 3 ELSE 2 END, draft_key = $1
            WHERE id = $2 AND draft = 1 AND draft_fence = $3 AND state IN (0, 1, 2, 6)
            RETURNING {ChangeRow.Columns}
            """,
            [key, id, fence], row => ChangeRow.Read(row, transaction.Now));
        foreach (var change in ended) transaction.Publish(change);
        return ended.Count > 0;
    }
}
