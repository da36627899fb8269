using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Rushes.Database.Copy;
using Rushes.Database.Postgres.Writes;
using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// The database of any number of gateways. Each commits what its callers ask for in groups (<see cref="GroupCommit"/>), one
/// gateway at a time; each hears what the others commit (<see cref="Feed"/>). Reads have connections of their own.
/// </summary>
public sealed partial class PostgresDatabase : IDatabase
{
    // What notifications are signed with.
    private readonly string name = Guid.NewGuid().ToString("N");
    private readonly PostgresServer server;
    private readonly Feed feed;
    private readonly FeedListener listener;
    private readonly TimeProvider time;
    private readonly GroupCommit writer;

    private PostgresDatabase(PostgresServer server, Session session, Feed feed, RetryPolicy retries, TimeProvider time)
    {
        (this.server, this.feed, this.time) = (server, feed, time);
        feed.Told += Tell;
        writer = new GroupCommit(server, session, feed, name, retries, time);
        listener = new FeedListener(server, feed, name);
    }

    public event Action<IReadOnlyList<JobChange>>? Committed;

    public event Action? DeliveriesWaiting;

    public event Action<int>? GroupCommitted
    {
        add => writer.Committed += value;
        remove => writer.Committed -= value;
    }

    internal Feed Feed => feed;

    /// <summary>Connects, and brings the database to this program's schema. Several may do so at once.</summary>
    /// <exception cref="DatabaseAwayException">It cannot be reached, or takes no writes.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote it, or a copy into it is not finished.</exception>
    public static async Task<PostgresDatabase> OpenAsync(PostgresUrl url, RetryPolicy retries, TimeProvider time, CancellationToken cancel = default)
    {
        var server = new PostgresServer(url);
        Session? session = null;
        try
        {
            session = await server.OpenWriterAsync(cancel);
            await PostgresMigrations.ApplyAsync(session);
            await CopyMark.RefuseAsync(session);
            var feed = new Feed(server, time);
            await feed.OpenAsync(session);
            return new PostgresDatabase(server, session, feed, retries, time);
        }
        catch
        {
            if (session is not null) await session.DisposeAsync();
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where it says that the server went away, or came back.</summary>
    public void LogTo(ILogger log) => (writer.Log, listener.Log) = (log, log);

    public async Task FollowAsync(CancellationToken cancel)
    {
        await feed.BeginAsync(cancel);
        await listener.StartAsync();
        server.IsLookedFor = true;
    }

    public async IAsyncEnumerable<JobChange> ReadLiveAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await using var session = await server.OpenSnapshotAsync(cancel);
        var loads = await feed.BeginLiveAsync(session);
        await using var command = session.Connection.CreateCommand();
        command.CommandText = Feed.SelectLive;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var row = new Row(reader);
        while (await reader.ReadAsync(cancel))
        {
            var job = ChangeRow.Read(row, row.Time(ChangeRow.Count));
            if (loads) feed.Load(job);
            yield return job;
        }
    }

    public Task<SubmitOutcome> SubmitAsync(NewJob job, CancellationToken cancel) => writer.Run(new Submit(job, cancel));

    public Task<SubmitOutcome?> FindIdempotentAsync(int account, IdempotencyKey key, CancellationToken cancel) =>
        server.ReadAsync(async session => (await Submit.FindKeysAsync(session, [(account, key)], time.GetUtcNow()))[0], cancel);

    public Task<Job?> FindAsync(long id, CancellationToken cancel) => server.ReadAsync(async session =>
        (await session.ReadAsync($"SELECT {JobRow.Columns} FROM jobs WHERE id = $1", [id], JobRow.Read)).FirstOrDefault(), cancel);

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
        // One look at both tables: a try that is recorded in between would be in one and not in the other.
        server.ReadAsync(async session => DeliveryRow.Logs(await session.ReadAsync(
            $"""
            SELECT {DeliveryRow.ColumnsWithTry} FROM deliveries LEFT JOIN delivery_tries ON delivery = id
            WHERE job = $1 AND account = $2 ORDER BY id, number
            """,
            [job, account], DeliveryRow.ReadWithTry)), cancel);

    public Task<bool> RedeliverAsync(long delivery, int account, CancellationToken cancel) =>
        writer.Run(new Redeliver(delivery, account, cancel));

    public Task<IReadOnlyList<FinishedRun>> ReadRecentRunsAsync(int limit, CancellationToken cancel) => ReadAll(
        $"SELECT {RunRow.FinishedColumns} FROM jobs WHERE ended_at IS NOT NULL AND state = 3 ORDER BY ended_at DESC, id DESC LIMIT $1",
        [limit], RunRow.ReadFinished, cancel);

    public Task<byte[]> SecretAsync(string name, int bytes, CancellationToken cancel) => writer.Run(new MakeSecret(name, bytes, cancel));

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        await listener.DisposeAsync();
        feed.Dispose();
        await server.DisposeAsync();
    }

    private void Tell(News news)
    {
        if (news.Jobs.Count > 0) Committed?.Invoke(news.Jobs);
        if (news.DeliveriesWait) DeliveriesWaiting?.Invoke();
        foreach (var account in news.Accounts) AccountChanged?.Invoke(account);
        foreach (var key in news.Keys) KeyChanged?.Invoke(key);
        foreach (var lane in news.Lanes) LaneChanged?.Invoke(lane);
        foreach (var session in news.Sessions) SessionChanged?.Invoke(session);
    }
}
