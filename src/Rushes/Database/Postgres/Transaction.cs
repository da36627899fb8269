using Rushes.Database.Shared;
using Rushes.Jobs;

namespace Rushes.Database.Postgres;

/// <summary>
/// The context of a write: statements, the time, and its changes. An exclusive one is the only one of all gateways, so values
/// that were read are still current when they are written. Shared ones run at the same time, which is enough for writes that
/// only add rows or change rows that they have locked. All commits have a defined order, because each takes its number last.
/// </summary>
internal sealed class Transaction(Session session, RetryPolicy retries, TimeProvider time) : ITransaction
{
    /// <summary>
    /// An arbitrary number; advisory locks are per database. Earlier versions hold it exclusively for every commit.
    /// </summary>
    private const long Writing = 0x52555348_57524954;

    /// <summary>Held from the number of a commit until the commit is visible to others.</summary>
    private const long Numbering = 0x52555348_4e554d42;

    public RetryPolicy Retries => retries;

    /// <summary>One time for everything that is committed together.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <summary>How much the clock was adjusted; times that were read from it before are wrong by this amount.</summary>
    public TimeSpan Correction { get; private set; }

    /// <summary>Published to followers after the commit.</summary>
    public CommittedChanges Changes { get; } = new();

    /// <summary>Whether there is anything to commit.</summary>
    public bool Wrote { get; private set; }

    public Session Session => session;

    /// <summary>Whether no other gateway writes at the same time.</summary>
    public bool IsExclusive { get; private set; }

    /// <summary>Set by a write that found out that it must be exclusive. The group is rolled back and run again.</summary>
    public bool MustBeExclusive { get; set; }

    /// <summary>Waits for the lock and returns the commits since a position.</summary>
    public async Task<List<CommitRow>> BeginAsync(Position from, bool exclusive)
    {
        IsExclusive = exclusive;
        var since = Feed.Since(from);
        var server = new Query<DateTimeOffset>("SELECT clock_timestamp()", [], row => row.Time(0));
        var asked = time.GetUtcNow();
        // Read committed, whatever the server's default: each statement must see what was committed during the wait for the
        // lock.
        await session.RunAsync(
            new Statement("BEGIN ISOLATION LEVEL READ COMMITTED"),
            new Query<bool>($"SELECT pg_advisory_xact_lock{(exclusive ? "" : "_shared")}($1)", [Writing], _ => true), server,
            since);
        Correction = (time as ServerClock)?.Set(asked, server.Rows[0], time.GetUtcNow()) ?? TimeSpan.Zero;
        Now = time.GetUtcNow().ToMilliseconds();
        return since.Rows;
    }

    /// <summary>Runs the statements in one round trip.</summary>
    public async Task RunAsync(params Statement[] statements)
    {
        await session.RunAsync(statements);
        foreach (var statement in statements) Wrote |= statement.Changed > 0;
    }

    /// <summary>Runs a statement that changes rows and returns how many.</summary>
    public async Task<int> RunAsync(string sql, params object?[] values)
    {
        var statement = new Statement(sql, values);
        await RunAsync(statement);
        return statement.Changed;
    }

    /// <summary>Runs a statement that changes rows and returns them.</summary>
    public async Task<List<T>> ChangeAsync<T>(string sql, object?[] values, Func<Row, T> read)
    {
        var change = new Change<T>(sql, values, read);
        await RunAsync(change);
        return change.Rows;
    }

    public Task<List<T>> ReadAsync<T>(string sql, object?[] values, Func<Row, T> read) => session.ReadAsync(sql, values, read);

    async Task<IReadOnlyList<T>> ITransaction.ReadAsync<T>(string sql, object?[] values, Func<IRow, T> read) =>
        await ReadAsync(sql, values, read);

    async Task<IReadOnlyList<T>> ITransaction.ChangeAsync<T>(string sql, object?[] values, Func<IRow, T> read) =>
        await ChangeAsync(sql, values, read);

    Task ITransaction.RunAsync(string sql, params IReadOnlyList<object?[]> rows) =>
        RunAsync([.. rows.Select(values => new Statement(sql, values))]);

    /// <summary>Whether an earlier try was committed.</summary>
    public async Task<bool> IsCommittedAsync(Guid token) =>
        (await session.ReadAsync("SELECT EXISTS (SELECT FROM commits WHERE token = $1)", [token], row => row.Bool(0)))[0];

    /// <summary>Runs one write so that only it can fail. Returns false if it failed; its caller was notified.</summary>
    public async Task<bool> TryRunAsync(Write write)
    {
        var before = Changes.Length;
        await session.RunAsync(new Statement("SAVEPOINT one"));
        try
        {
            await write.RunAllAsync([write], this);
            await session.RunAsync(new Statement("RELEASE one"));
            return true;
        }
        catch (Exception error) when (!PostgresServer.IsLost(error) && session.IsOpen)
        {
            await session.RunAsync(new Statement("ROLLBACK TO one"), new Statement("RELEASE one"));
            Changes.CutTo(before);
            write.Fail(PostgresServer.IsAway(error) ? new DatabaseAwayException($"PostgreSQL: {error.Message}", error) : error);
            return false;
        }
    }

    /// <summary>Commits, and notifies other gateways once for the whole group.</summary>
    /// <param name="token">Identifies the commit, in case its response is lost.</param>
    /// <param name="name">The name of this gateway.</param>
    /// <param name="awaited">The queued jobs that workers of this gateway wait for.</param>
    /// <returns>The commits since a position, which include this one.</returns>
    public async Task<List<CommitRow>> CommitAsync(Guid token, string name, Position from, IReadOnlySet<long>? awaited)
    {
        var lockNumbers = new Query<bool>("SELECT pg_advisory_xact_lock($1)", [Numbering], _ => true);
        var insert = new Query<long>(
            """
            WITH made AS (INSERT INTO commits (number, token, body) SELECT coalesce(max(number), 0) + 1, $1, $2 FROM commits
              RETURNING number)
            SELECT number, CASE WHEN $2::bytea IS NOT NULL THEN pg_notify($3, $4 || ' ' || number) END FROM made
            """,
            [token, CommitText.Write(Changes, name, awaited), FeedListener.Channel, name], row => row.Long(0));
        var since = Feed.Since(from, except: token);
        // In one message, so that others never wait for this gateway between the number and the commit.
        await session.RunAsync(lockNumbers, insert, new Statement("COMMIT"), since);
        return since.Rows;
    }

    public Task RollbackAsync() => session.RunAsync(new Statement("ROLLBACK"));
}
