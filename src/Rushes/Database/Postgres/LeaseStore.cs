using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

internal sealed class LeaseStore(GroupCommit writer, PostgresServer server, TimeProvider time) : ILeaseStore
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

    /// <summary>
    /// A sweep keeps all gateways from writing meanwhile. So it first checks whether there is anything to do, except this often:
    /// it also corrects the clock, and shows that the server accepts writes.
    /// </summary>
    private static readonly TimeSpan Exclusively = TimeSpan.FromSeconds(5);

    private long? sweptAt;

    public Task<Lease?> ClaimAsync(ClaimRequest request, CancellationToken cancel) => writer.Run(new Claim(request, cancel));

    public Task<LeaseAnswer> RenewAsync(long id, long fence, DateTimeOffset until, Progress progress, CancellationToken cancel) =>
        writer.Run(id, (job, transaction) => JobLifecycle.Renew(job, fence, until + transaction.Correction, progress), cancel);

    public Task<bool> FinishAsync(long id, long fence, RunOutcome outcome, CancellationToken cancel) =>
        writer.Run(
            id, (job, transaction) => JobLifecycle.Finish(job, fence, outcome, transaction.Retries, transaction.Now), cancel);

    public async Task<MissedDeadlines> SweepAsync(DateTimeOffset due, DateTimeOffset heard, CancellationToken cancel)
    {
        if (sweptAt is { } last && time.GetElapsedTime(last) < Exclusively && !await AnythingDueAsync(due, heard, cancel))
            return default;
        var missed = await EndDueAsync(due, heard, cancel);
        sweptAt = time.GetTimestamp();
        return missed;
    }

    private Task<bool> AnythingDueAsync(DateTimeOffset due, DateTimeOffset heard, CancellationToken cancel) => server.ReadAsync(
        async session =>
        {
            Query<bool>[] looked =
            [
                Any(Unheard, heard), .. Late.Select(late => Any(late, due)),
                new($"SELECT true FROM turns WHERE {Turns.Unneeded} LIMIT 1", [], row => row.Bool(0)),
            ];
            await session.RunAsync([
                new Statement("BEGIN READ ONLY"), PostgresServer.PlanLikeWriter(), .. looked, new Statement("COMMIT")]);
            return Array.Exists(looked, query => query.Rows.Count > 0);
        },
        cancel);

    private static Query<bool> Any(JobsToRead jobs, DateTimeOffset until) => new(
        $"SELECT true FROM jobs WHERE {jobs.Where} ORDER BY {jobs.IndexedBy} LIMIT 1", [until], row => row.Bool(0));

    private Task<MissedDeadlines> EndDueAsync(
        DateTimeOffset due, DateTimeOffset heard, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var (correctDue, correctHeard) = (due + transaction.Correction, heard + transaction.Correction);
        Query<Job>[] looked =
            [JobTransitions.Read(Unheard, correctHeard), .. Late.Select(late => JobTransitions.Read(late, correctDue))];
        // In one round trip, because no gateway can write meanwhile.
        await transaction.RunAsync([.. looked, Turns.Forget()]);
        // A job can have missed several deadlines.
        List<Job> found = [.. looked.SelectMany(query => query.Rows).DistinctBy(job => job.Id).OrderBy(job => job.Id)];
        if (found.Count == 0) return default;
        var expired = await ApplyAllAsync(
            transaction, found, job => JobLifecycle.Expire(job, correctDue, correctHeard, transaction.Retries, transaction.Now));
        // Again, because jobs that failed just now have no turn any more.
        await transaction.RunAsync(Turns.Forget());
        return MissedDeadlines.Of(expired, correctHeard);
    }, cancel);

    public async Task<DateTimeOffset?> NextDeadlineAsync(CancellationToken cancel) =>
        (await server.ReadAllAsync(
            $"""
            SELECT least(
              (SELECT min(start_by) FROM jobs WHERE state = {StateNumbers.Pending} AND start_by IS NOT NULL),
              (SELECT min(approve_by) FROM jobs WHERE state = {StateNumbers.Awaiting}),
              (SELECT min(deadline) FROM jobs WHERE state IN {StateNumbers.Live} AND deadline IS NOT NULL))
            """,
            [], row => row.TimeOrNull(0), cancel))[0];

    public Task<int> InterruptAsync(string workerPrefix, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var running = JobTransitions.Read(OfWorkers, workerPrefix);
        await transaction.RunAsync(running);
        var interrupted = await ApplyAllAsync(
            transaction, [.. running.Rows.OrderBy(job => job.Id)],
            job => JobLifecycle.Interrupt(job, transaction.Retries, transaction.Now));
        await DraftStore.FreeAsync(transaction);
        return interrupted.Count;
    }, cancel);

    private static async Task<List<JobTransition>> ApplyAllAsync(
        Transaction transaction, List<Job> found, Func<Job, JobTransition?> decide)
    {
        var jobs = new JobTransitions(transaction, found);
        var decided = found.Select(decide).OfType<JobTransition>().ToList();
        decided.ForEach(jobs.Apply);
        await jobs.WriteAsync();
        return decided;
    }
}
