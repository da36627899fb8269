using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

internal sealed class TakeDraft(DateTimeOffset until, CancellationToken cancel) : SingleWrite<DraftTask?>(cancel)
{
    protected override async Task<DraftTask?> ApplyAsync(Transaction transaction)
    {
        var givenUp = new Change<JobChange>(
            $"""
            UPDATE jobs SET draft = {StateNumbers.DraftFailed} WHERE draft = {StateNumbers.DraftWanted} AND state IN {StateNumbers.Live} AND draft_until <= $1 AND draft_fence >= $2
            RETURNING {ChangeRow.Columns}
            """,
            [transaction.Now, DraftTask.MostTimes], row => ChangeRow.Read(row, transaction.Now));
        var taken = new Change<DraftTask>(
            $"""
            UPDATE jobs SET draft_until = $1, draft_fence = draft_fence + 1
            WHERE id = (SELECT id FROM jobs WHERE draft = {StateNumbers.DraftWanted} AND state IN {StateNumbers.Live} AND draft_until <= $2 ORDER BY draft_until, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING {JobRow.Columns}, draft_fence
            """,
            [until, transaction.Now], row => new DraftTask(JobRow.Read(row), row.Int(JobRow.Count)));
        await transaction.RunAsync(givenUp, taken);
        foreach (var change in givenUp.Rows) transaction.Publish(change);
        return taken.Rows.FirstOrDefault();
    }
}
