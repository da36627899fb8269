using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>
/// Takes jobs from workers that went silent, an attempt each, and fails those that did not start or were not approved in time. Gives
/// how many. Old idempotency keys go in small batches on the way, and turns that no live job goes by any more.
/// </summary>
internal sealed class Sweep(DateTimeOffset now, CancellationToken cancel) : SingleWrite<int>(cancel)
{
    /// <summary>A few milliseconds of everyone's time, and as many keys a day as no gateway is asked for.</summary>
    private const int KeysAtOnce = 1000;

    protected override async Task<int> ApplyAsync(Transaction transaction)
    {
        var expired = await JobMoves.ReadAsync(transaction, "state = 1 AND lease_until <= $1", now);
        foreach (var job in expired) job.EndAttempt(Failures.WorkerLost, retryable: true, transaction.Retries);
        var late = await JobMoves.ReadAsync(transaction, "state = 0 AND start_by <= $1", now);
        foreach (var job in late) job.Fail(Failures.StartTimeout);
        var unapproved = await JobMoves.ReadAsync(transaction, "state = 6 AND approve_by <= $1", now);
        foreach (var job in unapproved) job.Fail(Failures.ApprovalTimeout);
        await new JobMoves(transaction, [.. expired, .. late, .. unapproved]).WriteAsync();
        await transaction.RunAsync(
            new Statement(
                """
                DELETE FROM idempotency_keys WHERE (account, key) IN (
                  SELECT account, key FROM idempotency_keys WHERE created_at <= $1 ORDER BY created_at LIMIT $2)
                """,
                now - IdempotencyKey.Life, KeysAtOnce),
            // Last: those that were just failed hold no turn any more.
            Turns.Forget());
        return expired.Count + late.Count + unapproved.Count;
    }
}
