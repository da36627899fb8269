using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>
/// Where a running job goes when its run ended without a result: back to its old place, or to its end. One whose owner
/// asked for a stop meanwhile is cancelled instead. Every method gives false when the lease was lost.
/// </summary>
internal static class RunEnd
{
    public static bool Attempt(Transaction transaction, long id, long fence, JobError error, bool retryable)
    {
        if (CountsOf(transaction, id, fence) is not { } counts) return false;
        if (counts.Stop) return Cancel(transaction, id, fence);

        counts = counts with { Attempts = counts.Attempts + 1 };
        return transaction.Retries.AfterAttempt(counts.Attempts, retryable) == JobState.Retry
            ? Requeue(transaction, id, fence, counts, error)
            : Fail(transaction, id, fence, counts, error);
    }

    public static bool Interruption(Transaction transaction, long id, long fence)
    {
        if (CountsOf(transaction, id, fence) is not { } counts) return false;
        if (counts.Stop) return Cancel(transaction, id, fence);

        counts = counts with { Interruptions = counts.Interruptions + 1 };
        return transaction.Retries.AfterInterruption(counts.Interruptions) == JobState.Retry
            ? Requeue(transaction, id, fence, counts, null)
            : Fail(transaction, id, fence, counts, Failures.Interrupted(counts.Interruptions));
    }

    public static bool Cancel(Transaction transaction, long id, long fence)
    {
        using var update = transaction.Prepare($"""
            UPDATE jobs SET state = 5, lease_until = NULL, ended_at = ? WHERE id = ? AND fence = ? AND state = 1
            RETURNING {ChangeRow.ColumnsOfEnd}
            """);
        return update.Bind(transaction.Now).Bind(id).Bind(fence).PublishTo(transaction);
    }

    /// <param name="error">What the attempt failed with; null for an interruption.</param>
    private static bool Requeue(Transaction transaction, long id, long fence, Counts counts, JobError? error)
    {
        Keep(transaction, id, fence, error);
        using var update = transaction.Prepare($"""
            UPDATE jobs SET state = 2, attempts = ?, interruptions = ?,
              lease_until = NULL, worker = NULL, started_at = NULL, done = 0, total = 0
            WHERE id = ? AND fence = ? AND state = 1 AND stop = 0
            RETURNING {ChangeRow.ColumnsOfEnd}
            """);
        return update.Bind(counts.Attempts).Bind(counts.Interruptions).Bind(id).Bind(fence).PublishTo(transaction);
    }

    /// <summary>The job's row forgets the run now.</summary>
    private static void Keep(Transaction transaction, long id, long fence, JobError? error)
    {
        using var insert = transaction.Prepare("""
            INSERT INTO past_runs (job, fence, worker, started_at, ended_at, error_code, error_message)
            SELECT id, fence, worker, started_at, ?, ?, ? FROM jobs WHERE id = ? AND fence = ? AND state = 1
            """);
        insert.Bind(transaction.Now).Bind(error?.Code).Bind(error?.Message).Bind(id).Bind(fence).Execute();
    }

    private static bool Fail(Transaction transaction, long id, long fence, Counts counts, JobError error)
    {
        using var update = transaction.Prepare($"""
            UPDATE jobs SET state = 4, attempts = ?, interruptions = ?, lease_until = NULL, ended_at = ?, error_code = ?, error_message = ?
            WHERE id = ? AND fence = ? AND state = 1
            RETURNING {ChangeRow.ColumnsOfEnd}
            """);
        return update
            .Bind(counts.Attempts).Bind(counts.Interruptions).Bind(transaction.Now).Bind(error.Code).Bind(error.Message)
            .Bind(id).Bind(fence).PublishTo(transaction);
    }

    private static Counts? CountsOf(Transaction transaction, long id, long fence)
    {
        using var select = transaction.Prepare(
            "SELECT attempts, interruptions, stop FROM jobs WHERE id = ? AND fence = ? AND state = 1");
        return select.Bind(id).Bind(fence).Step() ? new Counts(select.Int(0), select.Int(1), select.Bool(2)) : null;
    }

    private readonly record struct Counts(int Attempts, int Interruptions, bool Stop);
}
