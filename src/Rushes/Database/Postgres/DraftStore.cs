using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

internal sealed class DraftStore(GroupCommit writer) : IDraftStore
{
    private const string Wanted = $"draft = {StateNumbers.DraftWanted} AND state IN {StateNumbers.Live}";

    public Task<DraftTask?> TakeDraftAsync(
        DateTimeOffset until, int after, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var givenUp = new Change<JobChange>(
            $"""
            UPDATE jobs SET draft = {StateNumbers.DraftFailed} WHERE {Wanted} AND draft_until <= $1 AND draft_fence >= $2
            RETURNING {ChangeRow.Columns}
            """,
            [transaction.Now, DraftTask.MaxClaims], row => ChangeRow.Read(row, transaction.Now));
        var taken = new Change<DraftTask>(
            $"""
            UPDATE jobs SET draft_until = $1, draft_fence = draft_fence + 1
            WHERE id = (SELECT id FROM jobs WHERE {Wanted} AND draft_until <= $2
              ORDER BY account <= $3, account, draft_until, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING {JobRow.Columns}, draft_fence
            """,
            [until, transaction.Now, after], row => new DraftTask(JobRow.Read(row), row.Int(JobRow.Count)));
        await transaction.RunAsync(givenUp, taken);
        transaction.Changes.Jobs.AddRange(givenUp.Rows);
        return taken.Rows.FirstOrDefault();
    }, cancel);

    public Task<bool> EndDraftAsync(long id, int fence, string? key, CancellationToken cancel) => writer.Run(async transaction =>
    {
        // Only of unfinished jobs: the reported state of a finished job does not change.
        var ended = await transaction.ChangeAsync(
            $"""
            UPDATE jobs SET draft_key = $1,
              draft = CASE WHEN $1::text IS NULL THEN {StateNumbers.DraftFailed} ELSE {StateNumbers.DraftMade} END
            WHERE id = $2 AND draft_fence = $3 AND {Wanted}
            RETURNING {ChangeRow.Columns}
            """,
            [key, id, fence], row => ChangeRow.Read(row, transaction.Now));
        transaction.Changes.Jobs.AddRange(ended);
        return ended.Count > 0;
    }, cancel);

    /// <summary>
    /// Releases all drafts, because it is not stored which gateway makes a draft. Making a draft twice costs seconds; the
    /// fencing token decides which one counts.
    /// </summary>
    public static Task FreeAsync(Transaction transaction) =>
        transaction.RunAsync($"UPDATE jobs SET draft_until = 'epoch' WHERE {Wanted} AND draft_until > 'epoch'");
}
