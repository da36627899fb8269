using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

internal sealed class Approve(long id, int account, CancellationToken cancel) : SingleWrite<ApproveOutcome>(cancel)
{
    protected override async Task<ApproveOutcome> ApplyAsync(Transaction transaction)
    {
        // The time it was given to start does not run while its owner looks at the draft.
        var approved = await transaction.ChangeAsync(
            $"""
            UPDATE jobs SET state = 0, start_by = start_by + ($1 - created_at) WHERE id = $2 AND account = $3 AND state = 6
            RETURNING {ChangeRow.Columns}
            """,
            [transaction.Now, id, account], row => ChangeRow.Read(row, transaction.Now));
        foreach (var change in approved) transaction.Publish(change);
        if (approved.Count > 0) return ApproveOutcome.Approved;

        var found = await transaction.ReadAsync(
            "SELECT state, approve_by IS NOT NULL FROM jobs WHERE id = $1 AND account = $2", [id, account], row => (State: (JobState)row.Int(0), Asked: row.Bool(1)));
        if (found is not [var job]) return ApproveOutcome.Unknown;
        if (job.State.IsFinished) return ApproveOutcome.AlreadyFinished;
        return job.Asked ? ApproveOutcome.Approved : ApproveOutcome.NotAsked;
    }
}
