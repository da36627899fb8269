using Rushes.Database.Rows;

namespace Rushes.Database.Postgres.Writes;

internal sealed class EndDraft(long id, int fence, string? key, CancellationToken cancel) : SingleWrite<bool>(cancel)
{
    protected override async Task<bool> ApplyAsync(Transaction transaction)
    {
        // Only of live jobs: what an ended job was reported with does not change.
        var ended = await transaction.ChangeAsync(
            $"""
            UPDATE jobs SET draft = CASE WHEN $1::text IS NULL THEN {StateNumbers.DraftFailed} ELSE {StateNumbers.DraftMade} END, draft_key = $1
            WHERE id = $2 AND draft = {StateNumbers.DraftWanted} AND draft_fence = $3 AND state IN {StateNumbers.Live}
            RETURNING {ChangeRow.Columns}
            """,
            [key, id, fence], row => ChangeRow.Read(row, transaction.Now));
        foreach (var change in ended) transaction.Publish(change);
        return ended.Count > 0;
    }
}
