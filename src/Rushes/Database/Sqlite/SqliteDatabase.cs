using Rushes.Database.Rows;
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
        SELECT {ChangeRow.Columns}, created_at FROM jobs INDEXED BY jobs_queued WHERE state IN (0, 2)
        UNION ALL
        SELECT {ChangeRow.Columns}, created_at FROM jobs INDEXED BY jobs_running WHERE state = 1
        UNION ALL
        SELECT {ChangeRow.Columns}, created_at FROM jobs INDEXED BY jobs_awaiting WHERE state = 6
        """,
        select => select, row => ChangeRow.Read(row, row.Time(ChangeRow.Count)), cancel).ToAsyncEnumerable();

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
        return select.Bind(id).Step() ? JobRow.Read(select) : null;
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
        Task.FromResult(readers.Read(session =>
        {
            // One look at both tables: a try that is recorded in between would be in one and not in the other.
            using var select = session.Prepare($"""
                SELECT {DeliveryRow.ColumnsWithTry} FROM deliveries LEFT JOIN delivery_tries ON delivery = id
                WHERE job = ? AND account = ? ORDER BY id, number
                """);
            return DeliveryRow.Logs(select.Bind(job).Bind(account).ReadAll(DeliveryRow.ReadWithTry));
        }));

    public Task<bool> RedeliverAsync(long delivery, int account, CancellationToken cancel) =>
        writer.Run(new Redeliver(delivery, account, cancel));

    public Task<IReadOnlyList<FinishedRun>> ReadRecentRunsAsync(int limit, CancellationToken cancel) =>
        ReadAll(
            $"""
            SELECT {RunRow.FinishedColumns} FROM jobs INDEXED BY jobs_ended
            WHERE ended_at IS NOT NULL AND state = 3 ORDER BY ended_at DESC, id DESC LIMIT ?
            """,
            RunRow.ReadFinished, select => select.Bind(limit));

    public Task<byte[]> SecretAsync(string name, int bytes, CancellationToken cancel) => writer.Run(new MakeSecret(name, bytes, cancel));

    public async ValueTask DisposeAsync()
    {
        // The last connection to close folds the log into the file: let that be the writer's.
        readers.Dispose();
        await writer.DisposeAsync();
    }

    private void Tell(News news, int writes)
    {
        GroupCommitted?.Invoke(writes);
        if (news.Jobs.Count > 0) Committed?.Invoke(news.Jobs);
        if (news.DeliveriesWait) DeliveriesWaiting?.Invoke();
        foreach (var account in news.Accounts) AccountChanged?.Invoke(account);
        foreach (var key in news.Keys) KeyChanged?.Invoke(key);
        foreach (var lane in news.Lanes) LaneChanged?.Invoke(lane);
        foreach (var session in news.Sessions) SessionChanged?.Invoke(session);
    }
}
