using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

internal sealed class LeaseStore(GroupCommit writer, ReaderPool readers) : ILeaseStore
{
    public Task<Lease?> ClaimAsync(ClaimRequest request, CancellationToken cancel) =>
        writer.Run(new Claim(request).Apply, cancel, single: true);

    public Task<LeaseAnswer> RenewAsync(
        long id, long fence, DateTimeOffset until, Progress progress, CancellationToken cancel) => writer.Run(
        transaction =>
        {
            // Does not load the whole job: heartbeats are the most frequent writes.
            using var select = transaction.Prepare(
                $"SELECT {ChangeRow.HeartbeatColumns}, fence, webhook_events FROM jobs WHERE id = ?");
            if (!select.Bind(id).Step()) return LeaseAnswer.Lost;
            if (((WebhookEvents)select.Int(ChangeRow.Count + 1)).HasFlag(WebhookEvents.Progress))
                return transaction.Apply(JobLifecycle.Renew(transaction.FindJob(id), fence, until, progress));
            var job = ChangeRow.Read(select, transaction.Now) with { Progress = progress };
            var answer = JobLifecycle.Renew(new LeaseState(job.State, select.Long(ChangeRow.Count), job.StopRequested), fence);
            if (answer != LeaseAnswer.Lost) transaction.StoreHeartbeat(job, until);
            return answer;
        },
        cancel,
        single: true);

    public Task<bool> FinishAsync(long id, long fence, RunOutcome outcome, CancellationToken cancel) => writer.Run(
        transaction => transaction.Apply(
            JobLifecycle.Finish(transaction.FindJob(id), fence, outcome, transaction.Retries, transaction.Now)),
        cancel);

    public Task<MissedDeadlines> SweepAsync(
        DateTimeOffset due, DateTimeOffset heard, CancellationToken cancel) => writer.Run(transaction =>
    {
        List<Job> found =
        [
            .. Find(transaction, heard, $"""
                SELECT {JobRow.Columns} FROM jobs INDEXED BY jobs_running
                WHERE state = {StateNumbers.Running} AND lease_until <= ? ORDER BY id
                """),
            .. Find(transaction, due, $"""
                SELECT {JobRow.Columns} FROM jobs INDEXED BY jobs_start_by
                WHERE state = {StateNumbers.Pending} AND start_by <= ? ORDER BY id
                """),
            .. Find(transaction, due, $"""
                SELECT {JobRow.Columns} FROM jobs INDEXED BY jobs_awaiting
                WHERE state = {StateNumbers.Awaiting} AND approve_by <= ? ORDER BY id
                """),
            .. Find(transaction, due, $"""
                SELECT {JobRow.Columns} FROM jobs INDEXED BY jobs_deadline
                WHERE state IN {StateNumbers.Live} AND deadline <= ? ORDER BY id
                """),
        ];
        // A job can have missed several deadlines.
        var expired = ApplyAll(
            transaction,
            found.DistinctBy(job => job.Id),
            job => JobLifecycle.Expire(job, due, heard, transaction.Retries, transaction.Now));
        // At the end, because jobs that failed just now have no turn any more.
        Turns.Forget(transaction);
        return MissedDeadlines.Of(expired, heard);
    }, cancel);

    public async Task<DateTimeOffset?> NextDeadlineAsync(CancellationToken cancel) =>
        (await readers.ReadAllAsync(
            $"""
            SELECT min(at) FROM (
              SELECT min(start_by) AS at FROM jobs INDEXED BY jobs_start_by
                WHERE state = {StateNumbers.Pending} AND start_by IS NOT NULL
              UNION ALL SELECT min(approve_by) FROM jobs INDEXED BY jobs_awaiting WHERE state = {StateNumbers.Awaiting}
              UNION ALL SELECT min(deadline) FROM jobs INDEXED BY jobs_deadline
                WHERE state IN {StateNumbers.Live} AND deadline IS NOT NULL)
            """,
            row => row.TimeOrNull(0)))[0];

    public Task<int> InterruptAsync(string workerPrefix, CancellationToken cancel) => writer.Run(transaction =>
    {
        using var select = transaction.Prepare($"""
            SELECT {JobRow.Columns} FROM jobs INDEXED BY jobs_running
            WHERE state = {StateNumbers.Running} AND substr(worker, 1, length(?1)) = ?1 ORDER BY id
            """);
        var running = select.Bind(workerPrefix).ReadAll(JobRow.Read);
        var interrupted = ApplyAll(
            transaction, running, job => JobLifecycle.Interrupt(job, transaction.Retries, transaction.Now));
        DraftStore.Free(transaction);
        return interrupted.Count;
    }, cancel);

    private static List<Job> Find(Transaction transaction, DateTimeOffset until, string sql)
    {
        using var select = transaction.Prepare(sql);
        return select.Bind(until).ReadAll(JobRow.Read);
    }

    private static List<JobTransition> ApplyAll(
        Transaction transaction, IEnumerable<Job> jobs, Func<Job, JobTransition?> decide)
    {
        var decided = jobs.Select(decide).OfType<JobTransition>().ToList();
        foreach (var transition in decided) transaction.Apply(transition);
        return decided;
    }
}
