using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

internal sealed class DraftStore(GroupCommit writer) : IDraftStore
{
    public Task<DraftTask?> TakeDraftAsync(
        DateTimeOffset until, int after, CancellationToken cancel) => writer.Run(transaction =>
    {
        using var giveUp = transaction.Prepare($"""
            UPDATE jobs INDEXED BY jobs_drafts SET draft = {StateNumbers.DraftFailed}
            WHERE draft = {StateNumbers.DraftWanted} AND state IN {StateNumbers.Live} AND draft_until <= ? AND draft_fence >= ?
            RETURNING {ChangeRow.Columns}
            """);
        giveUp.Bind(transaction.Now).Bind(DraftTask.MaxClaims).PublishTo(transaction);
        using var update = transaction.Prepare($"""
            UPDATE jobs SET draft_until = ?1, draft_fence = draft_fence + 1
            WHERE id = (SELECT id FROM jobs INDEXED BY jobs_drafts
                        WHERE draft = {StateNumbers.DraftWanted} AND state IN {StateNumbers.Live} AND draft_until <= ?2
                        ORDER BY account <= ?3, account, draft_until, id LIMIT 1)
            RETURNING {JobRow.Columns}, draft_fence
            """);
        return update.Bind(until).Bind(transaction.Now).Bind(after).Step()
            ? new DraftTask(JobRow.Read(update), update.Int(JobRow.Count))
            : null;
    }, cancel);

    public Task<bool> EndDraftAsync(long id, int fence, string? key, CancellationToken cancel) => writer.Run(transaction =>
    {
        // Only of unfinished jobs: the reported state of a finished job does not change.
        using var update = transaction.Prepare($"""
            UPDATE jobs SET draft = iif(?1 IS NULL, {StateNumbers.DraftFailed}, {StateNumbers.DraftMade}), draft_key = ?1
            WHERE id = ?2 AND draft = {StateNumbers.DraftWanted} AND draft_fence = ?3 AND state IN {StateNumbers.Live}
            RETURNING {ChangeRow.Columns}
            """);
        return update.Bind(key).Bind(id).Bind(fence).PublishTo(transaction) > 0;
    }, cancel, single: true);

    /// <summary>
    /// Releases all drafts, because it is not stored which gateway makes a draft. Making a draft twice costs seconds; the
    /// fencing token decides which one counts.
    /// </summary>
    public static void Free(Transaction transaction)
    {
        using var update = transaction.Prepare($"""
            UPDATE jobs INDEXED BY jobs_drafts SET draft_until = 0
            WHERE draft = {StateNumbers.DraftWanted} AND state IN {StateNumbers.Live} AND draft_until > 0
            """);
        update.Execute();
    }
}
