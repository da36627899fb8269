using Microsoft.Extensions.Logging;
using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>
/// The database of one gateway in one file. Writes go through one thread (<see cref="GroupCommit"/>). Reads run on the
/// caller's thread with connections of their own and never wait for writes.
/// </summary>
public sealed class SqliteDatabase : DatabaseRoles, IDatabase
{
    private readonly ReaderPool readers;
    private readonly GroupCommit writer;

    private SqliteDatabase(string path, SqliteSession session, RetryPolicy retries, TimeProvider time)
    {
        readers = new ReaderPool(path);
        writer = new GroupCommit(session, retries, time, Followers);
        Jobs = new JobStore(writer, readers, time);
        Leases = new LeaseStore(writer, readers);
        Drafts = new DraftStore(writer);
        Deliveries = new DeliveryStore(writer, readers);
        Accounts = new AccountStore(writer, readers);
        Keys = new KeyStore(writer, readers);
        Sessions = new SessionStore(writer, readers);
        Library = new JobLibrary(writer, readers);
        Reports = new ReportStore(writer, readers);
        Usage = new UsageReader(
            readers, ("jobs INDEXED BY jobs_aside", $"state >= {StateNumbers.Completed}"), "ended_at / 86400000",
            "ended_at - started_at");
        Ledger = new LedgerStore(writer, readers);
        Audit = new AuditLog(writer, readers);
        Lists = new JobLists(writer, readers);
        Retention = new RetentionStore(writer, readers);
        FileCounts = new FileCounts(writer, readers);
        ModelOffers = new ModelOffers();
    }

    public CommitFollowers Followers { get; } = new();

    /// <summary>Opens or creates the file and applies migrations.</summary>
    /// <exception cref="SqliteException">The file cannot be opened or is not a database.</exception>
    /// <exception cref="InvalidDataException">The schema is newer than this version.</exception>
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

    public void LogTo(ILogger log) => Followers.Log = log;

    public async ValueTask DisposeAsync()
    {
        // The last connection that closes checkpoints the WAL; that must be the writer's.
        readers.Dispose();
        await writer.DisposeAsync();
    }
}
