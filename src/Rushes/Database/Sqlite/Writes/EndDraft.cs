using Rushes.Database.Rows;

namespace Rushes.Database.Sqlite.Writes;

internal sealed class EndDraft(long id, int fence, string? key, CancellationToken cancel) : Write<bool>(cancel)
{
    protected override bool Apply(Transaction transaction)
    {
        // Of jobs that live alone: the end of a job is told once, and what it was told with stays.
        using var update = transaction.Prepare($"""
            UPDATE jobs SET draft = iif(?1 IS NULL, 3, 2), draft_key = ?1
            WHERE id = ?2 AND draft = 1 AND draft_fence = ?3 AND state IN (0, 1, 2, 6)
            RETURNING {ChangeRow.ColumnsOfEnd}
            """);
        return update.Bind(key).Bind(id).Bind(fence).PublishTo(transaction);
    }
}
