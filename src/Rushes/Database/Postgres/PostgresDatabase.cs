using Microsoft.Extensions.Logging;
using Rushes.Database.Copy;
using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// The database of any number of gateways. Each gateway commits the writes of its callers in groups (<see
/// cref="GroupCommit"/>), at the same time as others where the writes allow it, and follows the commits of the others (<see
/// cref="Feed"/>). Reads use connections of their own.
/// </summary>
public sealed class PostgresDatabase : DatabaseRoles, IDatabase
{
    private readonly PostgresServer server;
    private readonly Feed feed;
    private readonly FeedListener listener;
    private readonly GroupCommit writer;

    private PostgresDatabase(
        PostgresServer server, Session session, Feed feed, CommitFollowers followers, string name, RetryPolicy retries,
        TimeProvider time)
    {
        (this.server, this.feed, Followers) = (server, feed, followers);
        writer = new GroupCommit(server, session, feed, followers, name, retries, time);
        listener = new FeedListener(server, feed, name);
        Jobs = new JobStore(writer, server, feed, time);
        Leases = new LeaseStore(writer, server, time);
        Drafts = new DraftStore(writer);
        Deliveries = new DeliveryStore(writer, server);
        Accounts = new AccountStore(writer, server);
        Keys = new KeyStore(writer, server);
        Sessions = new SessionStore(writer, server);
        Library = new JobLibrary(writer, server);
        Reports = new ReportStore(writer, server);
        Usage = new UsageReader(
            server, ("jobs", $"state IN {StateNumbers.Aside}"), "CAST(floor(extract(epoch FROM ended_at) / 86400) AS bigint)",
            "CAST(extract(epoch FROM ended_at - started_at) * 1000 AS bigint)");
        Ledger = new LedgerStore(writer, server);
        Audit = new AuditLog(writer, server);
        Lists = new JobLists(writer, server);
        Retention = new RetentionStore(writer, server);
        FileCounts = new FileCounts(writer, server);
        ModelOffers = new ModelOffers(writer);
    }

    public CommitFollowers Followers { get; }

    internal Feed Feed => feed;

    /// <summary>Connects, and applies migrations. Several gateways may do so at once.</summary>
    /// <exception cref="DatabaseAwayException">The server cannot be reached or is read-only.</exception>
    /// <exception cref="InvalidDataException">The schema is newer than this version, a copy into the database is unfinished,
    /// or a pooler shares connections between transactions.</exception>
    public static async Task<PostgresDatabase> OpenAsync(
        PostgresUrl url, RetryPolicy retries, TimeProvider time, CancellationToken cancel = default)
    {
        var server = new PostgresServer(url);
        Session? session = null;
        try
        {
            session = await server.OpenWriterAsync(cancel);
            await PoolerCheck.RejectAsync(server, session, cancel);
            await PostgresMigrations.ApplyAsync(session);
            await CopyMark.RejectAsync(session);
            var followers = new CommitFollowers();
            // Identifies this gateway in commits and notifications.
            var name = Guid.NewGuid().ToString("N");
            var feed = new Feed(server, followers, name, time);
            await feed.OpenAsync(session);
            return new PostgresDatabase(server, session, feed, followers, name, retries, time);
        }
        catch
        {
            if (session is not null) await session.DisposeAsync();
            await server.DisposeAsync();
            throw;
        }
    }

    public void LogTo(ILogger log) => (writer.Log, listener.Log, Followers.Log) = (log, log, log);

    public async Task FollowAsync(CancellationToken cancel)
    {
        await feed.BeginAsync(cancel);
        await listener.StartAsync();
        server.IsLookedFor = true;
    }

    public async ValueTask DisposeAsync()
    {
        await writer.DisposeAsync();
        await listener.DisposeAsync();
        feed.Dispose();
        await server.DisposeAsync();
    }
}
