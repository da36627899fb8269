using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

internal sealed class LeaseStore(GroupCommit writer) : ILeaseStore
{
    /// <summary>Jobs whose lease ended by a time.</summary>
    public static readonly JobsToRead Unheard = new($"state = {StateNumbers.Running} AND lease_until <= $1", "account");

    /// <summary>Jobs that missed something by a time: their start, their approval, their deadline.</summary>
    public static readonly IReadOnlyList<JobsToRead> Late =
    [
        new($"state = {StateNumbers.Pending} AND start_by <= $1", "start_by"),
        new($"state = {StateNumbers.Awaiting} AND approve_by <= $1", "approve_by"),
        new($"state IN {StateNumbers.Live} AND deadline <= $1", "deadline"),
    ];

    private static readonly JobsToRead OfWorkers =
        new($"state = {StateNumbers.Running} AND starts_with(worker, $1)", "account");

    public Task<Lease?> ClaimAsync(ClaimRequest request, CancellationToken cancel) => writer.Run(new Claim(request, cancel));

    public Task<LeaseAnswer> RenewAsync(long id, long fence, DateTimeOffset until, Progress progress, CancellationToken cancel) =>
        writer.Run(id, (job, transaction) => JobLifecycle.Renew(job, fence, until + transaction.Correction, progress), cancel);

    public Task<bool> FinishAsync(long id, long fence, RunOutcome outcome, CancellationToken cancel) =>
        writer.Run(
            id, (job, transaction) => JobLifecycle.Finish(job, fence, outcome, transaction.Retries, transaction.Now), cancel);

    public Task<int> SweepAsync(
        DateTimeOffset due, DateTimeOffset heard, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var (correctDue, correctHeard) = (due + transaction.Correction, heard + transaction.Correction);
        var found = await JobTransitions.ReadAsync(transaction, Unheard, correctHeard);
        foreach (var late in Late) found.AddRange(await JobTransitions.ReadAsync(transaction, late, correctDue));
        // A job can have missed several deadlines.
        found = [.. found.DistinctBy(job => job.Id)];
        var expired = await ApplyAllAsync(
            transaction, found, job => JobLifecycle.Expire(job, correctDue, correctHeard, transaction.Retries, transaction.Now));
        // At the end, because jobs that failed just now have no turn any more.
        await transaction.RunAsync(Turns.Forget());
        return expired;
    }, cancel);

    public Task<int> InterruptAsync(string workerPrefix, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var running = await JobTransitions.ReadAsync(transaction, OfWorkers, workerPrefix);
        var interrupted = await ApplyAllAsync(
            transaction, running, job => JobLifecycle.Interrupt(job, transaction.Retries, transaction.Now));
        await DraftStore.FreeAsync(transaction);
        return interrupted;
    }, cancel);

    private static async Task<int> ApplyAllAsync(Transaction transaction, List<Job> found, Func<Job, JobTransition?> decide)
    {
        var jobs = new JobTransitions(transaction, found);
        var decided = found.Select(decide).OfType<JobTransition>().ToList();
        decided.ForEach(jobs.Apply);
        await jobs.WriteAsync();
        return decided.Count;
    }
}
