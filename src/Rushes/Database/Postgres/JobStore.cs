using System.Runtime.CompilerServices;
using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

internal sealed class JobStore(GroupCommit writer, PostgresServer server, Feed feed, TimeProvider time) : IJobStore
{
    public Task<SubmitOutcome> SubmitAsync(NewJob job, CancellationToken cancel) => writer.Run(new Submit(job, cancel));

    public Task<SubmitOutcome?> FindIdempotentAsync(int account, IdempotencyKey key, CancellationToken cancel) =>
        server.ReadAsync(async session => (await Submit.FindKeysAsync(session, [(account, key)], time.GetUtcNow()))[0], cancel);

    public Task<Job?> FindAsync(long id, CancellationToken cancel) => server.ReadAsync(
        async session => (await session.ReadAsync(Statements.FindJob, [id], JobRow.Read)).FirstOrDefault(), cancel);

    public Task<CancelOutcome> CancelAsync(long id, int account, bool force, CancellationToken cancel) =>
        writer.Run(id, (job, transaction) => JobLifecycle.Cancel(job, account, force, transaction.Now), cancel);

    public Task<Job?> DeleteAsync(long id, int account, CancellationToken cancel) => writer.Run<Job?>(async transaction =>
    {
        var jobs = await JobTransitions.OfAsync(transaction, [id]);
        var job = jobs.Apply(JobLifecycle.Delete(jobs.Find(id), account, transaction.Now));
        if (job is null) return null;
        await jobs.WriteAsync();
        await transaction.RunAsync(Statements.DeleteJob, id);
        return job;
    }, cancel);

    public Task<ApproveOutcome> ApproveAsync(long id, int account, CancellationToken cancel) =>
        writer.Run(id, (job, transaction) => JobLifecycle.Approve(job, account, transaction.Now), cancel);

    public Task<MoveOutcome> MoveToFrontAsync(long id, string actor, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var jobs = await JobTransitions.OfAsync(transaction, [id]);
        var job = jobs.Find(id);
        var moved = JobLifecycle.MoveToFront(job, job is null ? default : await FirstAsync(transaction, job.Lane));
        if (moved.Transition is not null) await AuditLog.AppendAsync(transaction, AuditTexts.MovedToFront(actor, job!));
        jobs.Apply(moved);
        await jobs.WriteAsync();
        return moved.Answer;
    }, cancel);

    public async IAsyncEnumerable<JobChange> ReadLiveAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await using var session = await server.OpenSnapshotAsync(cancel);
        var loads = await feed.BeginLiveAsync(session);
        await using var command = session.Connection.CreateCommand();
        command.CommandText = Feed.SelectLive;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var (row, values) = (new Row(reader), new RecurringValues());
        while (await reader.ReadAsync(cancel))
        {
            var job = ChangeRow.ReadLive(row, values);
            if (loads) feed.Load(job);
            yield return job;
        }
    }

    /// <summary>Publishes the changes, because other gateways may have these jobs in memory.</summary>
    public Task LevelTurnsAsync(CancellationToken cancel) => writer.Run(async transaction =>
    {
        var leveled = await transaction.ChangeAsync(
            $"""
            UPDATE jobs SET turn = 0 WHERE (state IN {StateNumbers.Waiting} OR state = {StateNumbers.Running}) AND turn > 0
            RETURNING {ChangeRow.Columns}
            """,
            [], row => ChangeRow.Read(row, transaction.Now));
        transaction.Changes.Jobs.AddRange(leveled);
        await transaction.RunAsync(Statements.ForgetTurns);
        return leveled.Count;
    }, cancel);

    private static async Task<QueueKey> FirstAsync(Transaction transaction, string lane) => (await transaction.ReadAsync(
        $"""
        SELECT tier, priority, turn, id FROM jobs WHERE lane = $1 AND state IN {StateNumbers.Queued}
        ORDER BY tier DESC, priority DESC, turn, id LIMIT 1
        """,
        [lane], row => new QueueKey(row.Int(0), row.Int(1), row.Long(2), row.Long(3)))).FirstOrDefault();
}
