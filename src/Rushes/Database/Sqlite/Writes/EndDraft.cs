using Rushes.Database.Rows;

namespace Rushes.Database.Sqlite.Writes;

internal sealed class EndDraft(long id, int fence, string? key, CancellationToken cancel) : Write<bool>(cancel)
{
    protected override bool Apply(Transaction transaction)
    {
        // Only of live jobs: what an ended job was reported with does not change.
        using var update = transaction.Prepare($"""
            UPDATE jobs SET draft = iif(?1 IS NULL, {StateNumbers.DraftFailed}, {StateNumbers.DraftMade}), draft_key = ?1
            WHERE id = ?2 AND draft = {StateNumbers.DraftWanted} AND draft_fence = ?3 AND state IN {StateNumbers.Live}
            RETURNING {ChangeRow.Columns}
            """);
        return update.Bind(key).Bind(id).Bind(fence).PublishTo(transaction) > 0;
    }
}
