using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Applies the deadlines of jobs, and gives how many had passed. Removes turns that no live job needs any more.</summary>
internal sealed class Sweep(DateTimeOffset due, DateTimeOffset heard, CancellationToken cancel) : SingleWrite<int>(cancel)
{
    protected override async Task<int> ApplyAsync(Transaction transaction)
    {
        var (correctDue, correctHeard) = (due + transaction.Correction, heard + transaction.Correction);
        List<Job> found =
        [
            .. await JobMoves.ReadAsync(transaction, $"state = {StateNumbers.Running} AND lease_until <= $1", correctHeard),
            .. await JobMoves.ReadAsync(transaction, $"state = {StateNumbers.Pending} AND start_by <= $1", correctDue),
            .. await JobMoves.ReadAsync(transaction, $"state = {StateNumbers.Awaiting} AND approve_by <= $1", correctDue),
        ];
        var moves = new JobMoves(transaction, found);
        var expired = found.Select(job => JobLifecycle.Expire(job, correctDue, correctHeard, transaction.Retries, transaction.Now))
            .OfType<JobTransition>().ToList();
        expired.ForEach(moves.Apply);
        await moves.WriteAsync();
        // Last: jobs that were just failed hold no turn any more.
        await transaction.RunAsync(Turns.Forget());
        return expired.Count;
    }
}
