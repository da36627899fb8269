using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using Rushes.Database.Shared;

namespace Rushes.Database.Postgres;

/// <summary>
/// The connections to the server, which may be several hosts of which one accepts writes; how long to wait for it, and which
/// errors mean that it is unavailable.
/// </summary>
internal sealed class PostgresServer : IReader, IAsyncDisposable
{
    /// <summary>How long callers wait for an unavailable server. Restarts and most failovers are shorter.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const string ReaderSettings = "SET statement_timeout = '10s'";

    public const string WriterSettings =
        """
        SET lock_timeout = '8s'; SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '5s';
        SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_bitmapscan = off;
        SET enable_sort = off; SET jit = off
        """;

    /// <summary>
    /// For the rest of a transaction of a reader, the settings of a writer that choose plans: statistics of an empty or full
    /// queue are outdated soon.
    /// </summary>
    public static Query<string> PlanLikeWriter() => new(
        """
        SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
          set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true)
        """,
        [], row => row.Text(0));

    private readonly NpgsqlDataSource readers;
    private readonly NpgsqlDataSource writers;
    private long failingSince;

    public PostgresServer(PostgresUrl url)
    {
        Shown = url.Shown;
        // Reads time out before the client does.
        readers = Source(url, ReaderSettings, parts => parts.MaxPoolSize = url.Readers);
        // A gateway that holds the writers' lock and stops responding is disconnected after five seconds, and others wait
        // longer than that for the lock. Plans are generic: they are made once for the existing indexes, because statistics
        // of an empty or full queue are outdated soon.
        writers = Source(url, WriterSettings, parts => parts.Pooling = false);
    }

    /// <summary>The address without user and password.</summary>
    public string Shown { get; }

    /// <summary>Uses the system clock, because the server is another machine.</summary>
    public static Backoff NewBackoff() => new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1), TimeProvider.System);

    /// <summary>
    /// Another connection attempt is in progress while the server is unavailable, so callers need not make their own.
    /// </summary>
    public bool IsLookedFor { get; set; }

    private bool IsGivenUp =>
        Interlocked.Read(ref failingSince) is var since and > 0 && Stopwatch.GetElapsedTime(since) > Patience;

    /// <exception cref="DatabaseAwayException">The server cannot be reached or is read-only.</exception>
    public async Task<Session> OpenWriterAsync(CancellationToken cancel)
    {
        var session = await OpenAsync(writers, cancel);
        try
        {
            // Enforces durable commits, even if the server's default is asynchronous.
            var readOnly = await session.ReadAsync(
                """
                SELECT current_setting('transaction_read_only')::boolean,
                  CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', false) END
                """,
                [], row => row.Bool(0));
            if (!readOnly[0]) return session;
        }
        catch (Exception error)
        {
            await session.DisposeAsync();
            throw Away(error);
        }

        await session.DisposeAsync();
        throw new DatabaseAwayException(
            $"PostgreSQL at {Shown} is read-only, because it is a standby or configured so. "
                + "Use the URL of the primary, or of all servers.",
            null);
    }

    /// <summary>Starts a transaction with a consistent snapshot and no time limit for reads.</summary>
    /// <exception cref="DatabaseAwayException">The server cannot be reached.</exception>
    public Task<Session> OpenSnapshotAsync(CancellationToken cancel) => TryAsync(async () =>
    {
        var session = await OpenAsync(readers, cancel);
        try
        {
            await session.RunAsync(
                new Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
                new Statement("SET LOCAL statement_timeout = 0"));
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }, cancel);

    /// <exception cref="DatabaseAwayException">The server cannot be reached or did not respond in time.</exception>
    public Task<T> ReadAsync<T>(Func<Session, Task<T>> read, CancellationToken cancel) => TryAsync(async () =>
    {
        await using var session = await OpenAsync(readers, cancel);
        return await read(session);
    }, cancel);

    /// <exception cref="DatabaseAwayException">The server cannot be reached or did not respond in time.</exception>
    public async Task<IReadOnlyList<T>> ReadAllAsync<T>(
        string sql, object?[] values, Func<Row, T> read, CancellationToken cancel) =>
        await ReadAsync(session => session.ReadAsync(sql, values, read), cancel);

    Task<IReadOnlyList<T>> IReader.ReadAllAsync<T>(
        string sql, object?[] values, Func<IRow, T> read, CancellationToken cancel) =>
        ReadAllAsync(sql, values, read, cancel);

    /// <summary>The connection is lost, or the server has become read-only.</summary>
    public static bool IsLost(Exception error) => error switch
    {
        PostgresException rejected => rejected.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction
            || rejected.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || rejected.SqlState.StartsWith("08", StringComparison.Ordinal)
            || rejected.InvariantSeverity is "FATAL" or "PANIC",
        NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException => true,
        _ => error is DatabaseAwayException,
    };

    /// <summary>The error is temporary: connection lost, disk full, or locked for too long.</summary>
    public static bool IsAway(Exception error) => IsLost(error) || error is PostgresException rejected
        && (rejected.IsTransient || rejected.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable
            || rejected.SqlState.StartsWith("53", StringComparison.Ordinal) || rejected.SqlState.StartsWith(
                "58", StringComparison.Ordinal));

    public DatabaseAwayException Away(Exception error, bool mayBeDone = false) =>
        error is not DatabaseAwayException away ? new DatabaseAwayException(
            $"PostgreSQL at {Shown}: {Reason(error)}", error, mayBeDone)
        : away.MayBeDone == mayBeDone ? away
        : new DatabaseAwayException(away.Message, away.InnerException, mayBeDone);

    public async ValueTask DisposeAsync()
    {
        await readers.DisposeAsync();
        await writers.DisposeAsync();
    }

    /// <summary>
    /// Retries for a while if the server is unavailable; the first retry is immediate, because the connections in the pool
    /// break when the server restarts.
    /// </summary>
    private async Task<T> TryAsync<T>(Func<Task<T>> read, CancellationToken cancel)
    {
        if (IsLookedFor && IsGivenUp) throw new DatabaseAwayException($"PostgreSQL at {Shown} is unavailable.", null);
        var pause = NewBackoff();
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                return await read();
            }
            catch (Exception error) when (IsLost(error))
            {
                readers.Clear();
                if (IsGivenUp || pause.Failing > Patience) throw Away(error);
                if (pause.IsFailing) await pause.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause.Fail();
            }
            catch (Exception error) when (IsAway(error))
            {
                throw Away(error);
            }
        }
    }

    private async Task<Session> OpenAsync(NpgsqlDataSource source, CancellationToken cancel)
    {
        try
        {
            var session = new Session(await source.OpenConnectionAsync(cancel));
            Interlocked.Exchange(ref failingSince, 0);
            return session;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Interlocked.CompareExchange(ref failingSince, Stopwatch.GetTimestamp(), 0);
            throw Away(error);
        }
    }

    /// <param name="settings">Sent as statements: PgBouncer rejects settings among the parameters of a connection.</param>
    private static NpgsqlDataSource Source(PostgresUrl url, string settings, Action<NpgsqlConnectionStringBuilder> set)
    {
        var parts = new NpgsqlConnectionStringBuilder(url.Connection)
        {
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            // Finds a standby that became the primary within a second.
            HostRecheckSeconds = 1,
            TcpKeepAlive = true,
            CommandTimeout = 15,
            // The settings stay; nothing else of a session is changed.
            NoResetOnClose = true,
        };
        if (!url.Connection.Contains("Timeout=", StringComparison.OrdinalIgnoreCase)) parts.Timeout = 5;
        set(parts);
        var builder = new NpgsqlDataSourceBuilder(parts.ConnectionString);
        builder.UsePhysicalConnectionInitializer(Apply, ApplyAsync);
        return parts.Host!.Contains(',', StringComparison.Ordinal)
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.ReadWrite)
            : builder.Build();

        void Apply(NpgsqlConnection connection)
        {
            using var command = new NpgsqlCommand(settings, connection);
            command.ExecuteNonQuery();
        }

        async Task ApplyAsync(NpgsqlConnection connection)
        {
            await using var command = new NpgsqlCommand(settings, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    private static string Reason(Exception error) => error switch
    {
        PostgresException rejected => rejected.MessageText,
        { InnerException: AuthenticationException } =>
            "The server's certificate was rejected. It must be signed by an authority in sslrootcert; "
                + "with sslmode=verify-full it must also contain the host name of the URL.",
        // The outer message names what failed, the inner one why.
        { InnerException: { } inner } => $"{error.Message} ({inner.GetBaseException().Message})",
        _ => error.Message,
    };
}
