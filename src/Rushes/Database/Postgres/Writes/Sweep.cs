namespace Rushes.Database.Postgres.Writes;

/// <summary>
/// Takes jobs from workers that went silent, an attempt each, and fails those that did not start or were not approved in time. Gives
/// how many. Turns that no live job goes by any more go on the way.
/// </summary>
internal sealed class Sweep(DateTimeOffset now, DateTimeOffset heard, CancellationToken cancel) : SingleWrite<int>(cancel)
{
    protected override async Task<int> ApplyAsync(Transaction transaction)
    {
        var at = now + transaction.Correction;
        var expired = await JobMoves.ReadAsync(transaction, "state = 1 AND lease_until <= $1", heard + transaction.Correction);
        foreach (var job in expired) job.EndAttempt(Failures.WorkerLost, retryable: true, transaction.Retries);
        var late = await JobMoves.ReadAsync(transaction, "state = 0 AND start_by <= $1", at);
        foreach (var job in late) job.Fail(Failures.StartTimeout);
        var unapproved = await JobMoves.ReadAsync(transaction, "state = 6 AND approve_by <= $1", at);
        foreach (var job in unapproved) job.Fail(Failures.ApprovalTimeout);
        await new JobMoves(transaction, [.. expired, .. late, .. unapproved]).WriteAsync();
        // Last: those that were just failed hold no turn any more.
        await transaction.RunAsync(Turns.Forget());
        return expired.Count + late.Count + unapproved.Count;
    }
}
