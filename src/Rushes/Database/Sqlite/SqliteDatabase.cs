using Rushes.Database.Sqlite.Writes;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>
/// The database of one gateway in one file. Writes go through one thread (<see cref="GroupCommit"/>); reads run on the
/// caller's, on connections of their own, and wait for no write.
/// </summary>
public sealed partial class SqliteDatabase : IDatabase
{
    private readonly ReaderPool readers;
    private readonly GroupCommit writer;
    private readonly TimeProvider time;

    private SqliteDatabase(string path, SqliteSession session, RetryPolicy retries, TimeProvider time)
    {
        readers = new ReaderPool(path);
        this.time = time;
        writer = new GroupCommit(session, retries, time, Tell);
    }

    public event Action<IReadOnlyList<JobChange>>? Committed;

    public event Action? DeliveriesWaiting;

    public event Action<int>? GroupCommitted;

    /// <summary>Opens the file, or makes it, and brings it to this program's schema.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is no database.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote it.</exception>
    public static Task<SqliteDatabase> OpenAsync(string path, RetryPolicy retries, TimeProvider time) => Task.Run(() =>
    {
        var session = SqliteSession.OpenWriter(path);
        try
        {
            SqliteMigrations.Apply(session, time.GetUtcNow());
            return new SqliteDatabase(path, session, retries, time);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    });

    public Task FollowAsync(CancellationToken cancel) => Task.CompletedTask;

    public IAsyncEnumerable<JobChange> ReadLiveAsync(CancellationToken cancel) => Stream(
        $"""
        SELECT {JobRow.ChangeColumns}, created_at FROM jobs INDEXED BY jobs_queued WHERE state IN (0, 2)
        UNION ALL
        SELECT {JobRow.ChangeColumns}, created_at FROM jobs INDEXED BY jobs_running WHERE state = 1
        UNION ALL
        SELECT {JobRow.ChangeColumns}, created_at FROM jobs INDEXED BY jobs_awaiting WHERE state = 6
        """,
        select => select, row => JobRow.ReadChange(row, row.Time(JobRow.ChangeColumnCount)), cancel).ToAsyncEnumerable();

    public Task<SubmitOutcome> SubmitAsync(NewJob job, CancellationToken cancel) => writer.Run(new Submit(job, cancel));

    public Task<SubmitOutcome?> FindIdempotentAsync(int account, IdempotencyKey key, CancellationToken cancel) =>
        Task.FromResult(readers.Read(session =>
        {
            using var select = session.Prepare(IdempotencyRow.Select);
            return IdempotencyRow.Read(select, account, key, time.GetUtcNow());
        }));

    public Task<Job?> FindAsync(long id, CancellationToken cancel) => Task.FromResult(readers.Read(session =>
    {
        using var select = session.Prepare($"SELECT {JobRow.Columns} FROM jobs WHERE id = ?");
        return select.Bind(id).Step() ? JobRow.ReadJob(select) : null;
    }));

    public Task<CancelOutcome> CancelAsync(long id, int account, bool force, CancellationToken cancel) =>
        writer.Run(new Cancel(id, account, force, cancel));

    public Task<Lease?> ClaimAsync(ClaimRequest request, CancellationToken cancel) => writer.Run(new Claim(request, cancel));

    public Task<LeaseAnswer> RenewAsync(long id, long fence, DateTimeOffset until, Progress progress, CancellationToken cancel) =>
        writer.Run(new Renew(id, fence, until, progress, cancel));

    public Task<bool> FinishAsync(long id, long fence, RunOutcome outcome, CancellationToken cancel) =>
        writer.Run(new Finish(id, fence, outcome, cancel));

    public Task<int> SweepAsync(DateTimeOffset now, DateTimeOffset heard, CancellationToken cancel) => writer.Run(new Sweep(now, heard, cancel));

    public Task<int> InterruptAsync(string workerPrefix, CancellationToken cancel) => writer.Run(new Interrupt(workerPrefix, cancel));

    public Task LevelTurnsAsync(CancellationToken cancel) => writer.Run(new LevelTurns(cancel));

    public Task<DueDeliveries> TakeDueDeliveriesAsync(DeliveryClaim claim, CancellationToken cancel) =>
        writer.Run(new TakeDueDeliveries(claim, cancel));

    public Task<bool> RecordTryAsync(long delivery, DeliveryTry made, DeliveryState next, DateTimeOffset? nextAt, CancellationToken cancel) =>
        writer.Run(new RecordTry(delivery, made, next, nextAt, cancel));

    public Task<IReadOnlyList<DeliveryLog>> ReadDeliveriesAsync(long job, int account, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<DeliveryLog>>(readers.Read(session => DeliveryRow.ReadLogs(session, job, account)));

    public Task<bool> RedeliverAsync(long delivery, int account, CancellationToken cancel) =>
        writer.Run(new Redeliver(delivery, account, cancel));

    public Task<IReadOnlyList<FinishedRun>> ReadRecentRunsAsync(int limit, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<FinishedRun>>(readers.Read(session =>
        {
            using var select = session.Prepare("""
                SELECT model, lane, plan, work, ended_at - started_at FROM jobs INDEXED BY jobs_ended
                WHERE ended_at IS NOT NULL AND state = 3 ORDER BY ended_at DESC, id DESC LIMIT ?
                """);
            select.Bind(limit);
            var runs = new List<FinishedRun>();
            while (select.Step())
                runs.Add(new FinishedRun(
                    select.Text(0), select.Text(1), PlanText.Read(select.Bytes(2)).Render, select.Int(3),
                    TimeSpan.FromMilliseconds(select.Long(4))));
            return runs;
        }));

    public Task<byte[]> SecretAsync(string name, int bytes, CancellationToken cancel) => writer.Run(new MakeSecret(name, bytes, cancel));

    public async ValueTask DisposeAsync()
    {
        // The last connection to close folds the log into the file: let that be the writer's.
        readers.Dispose();
        await writer.DisposeAsync();
    }

    private void Tell(Transaction committed, int writes)
    {
        GroupCommitted?.Invoke(writes);
        if (committed.Changes.Count > 0) Committed?.Invoke(committed.Changes);
        if (committed.DeliveriesWait) DeliveriesWaiting?.Invoke();
        foreach (var account in committed.Accounts) AccountChanged?.Invoke(account);
        foreach (var key in committed.Keys) KeyChanged?.Invoke(key);
        foreach (var lane in committed.Lanes) LaneChanged?.Invoke(lane);
    }
}
