using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Rushes.Database.Postgres;

/// <summary>
/// The server, which may be several of which one takes writes: how it is reached, for how long it is waited for, and which
/// errors mean that it is away.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>How long callers wait for a server that is away. Restarts and most failovers are shorter.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Rows of a long list that are read at once.</summary>
    private const int Page = 1000;

    private readonly NpgsqlDataSource readers;
    private readonly NpgsqlDataSource writers;
    private long failingSince;

    public PostgresServer(PostgresUrl url)
    {
        Shown = url.Shown;
        // A reader that hangs is given up before its client gives up.
        readers = Source(url, parts =>
        {
            parts.MaxPoolSize = url.Readers;
            parts.CommandTimeout = 15;
            parts.Options = "-c statement_timeout=10s";
        });
        // Who holds the writers' lock and falls silent is thrown out after five seconds, and those who wait for it wait longer
        // than that. The writer's statements are made for the indexes there are: planned once, and not by what the server
        // believes of a queue that was empty or full when it last looked.
        writers = Source(url, parts =>
        {
            parts.Pooling = false;
            parts.CommandTimeout = 15;
            parts.Options = "-c lock_timeout=8s -c statement_timeout=10s -c idle_in_transaction_session_timeout=5s"
                + " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off -c jit=off";
        });
    }

    /// <summary>Its address without user and password.</summary>
    public string Shown { get; }

    /// <summary>By the real clock: the server is elsewhere.</summary>
    public static Backoff NewBackoff() => new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1), TimeProvider.System);

    /// <summary>Somebody tries to connect for as long as it is away, so that others need not.</summary>
    public bool IsLookedFor { get; set; }

    private bool IsGivenUp =>
        Interlocked.Read(ref failingSince) is var since and > 0 && Stopwatch.GetElapsedTime(since) > Patience;

    /// <exception cref="DatabaseAwayException">It cannot be reached, or takes no writes.</exception>
    public async Task<Session> OpenWriterAsync(CancellationToken cancel)
    {
        var session = await OpenAsync(writers, cancel);
        try
        {
            // A commit that was answered is on disk, also where the server's default is to answer before.
            var readOnly = await session.ReadAsync(
                """
                SELECT current_setting('transaction_read_only')::boolean, CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', false) END
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
            $"PostgreSQL at {Shown} is read-only: a standby, or set so. Name the server that takes writes, or all of them.",
            null);
    }

    /// <summary>A transaction that sees one moment and has time for long reads.</summary>
    /// <exception cref="DatabaseAwayException">It cannot be reached.</exception>
    public Task<Session> OpenSnapshotAsync(CancellationToken cancel) => TryAsync(async () =>
    {
        var session = await OpenAsync(readers, cancel);
        try
        {
            await session.RunAsync(
                new Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
                new Statement("SET LOCAL statement_timeout = '60s'"));
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }, cancel);

    /// <exception cref="DatabaseAwayException">It cannot be reached, or did not answer in time.</exception>
    public Task<T> ReadAsync<T>(Func<Session, Task<T>> read, CancellationToken cancel) => TryAsync(async () =>
    {
        await using var session = await OpenAsync(readers, cancel);
        return await read(session);
    }, cancel);

    /// <exception cref="DatabaseAwayException">It cannot be reached, or did not answer in time.</exception>
    public async Task<IReadOnlyList<T>> ReadAllAsync<T>(
        string sql, object?[] values, Func<Row, T> read, CancellationToken cancel) =>
        await ReadAsync(session => session.ReadAsync(sql, values, read), cancel);

    /// <summary>
    /// Rows of a table that is only ever appended to, page by page, so that a slow reader holds nothing open. Ids are in the
    /// order of commits: none can appear below one that was read.
    /// </summary>
    /// <param name="sql">$1: ids above it; $2: rows at most; then the values.</param>
    public async IAsyncEnumerable<T> ReadPagesAsync<T>(
        string sql, object?[] values, Func<Row, T> read, Func<T, long> id, long after,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var page = await ReadAllAsync(sql, [after, Page, .. values], read, cancel);
            foreach (var row in page) yield return row;
            if (page.Count < Page) yield break;
            after = id(page[^1]);
        }
    }

    /// <summary>The connection is of no use any more, or this server takes no writes any more.</summary>
    public static bool IsLost(Exception error) => error switch
    {
        PostgresException refused => refused.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction
            || refused.SqlState.StartsWith("57P", StringComparison.Ordinal)
                || refused.SqlState.StartsWith("08", StringComparison.Ordinal)
            || refused.InvariantSeverity is "FATAL" or "PANIC",
        NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException => true,
        _ => error is DatabaseAwayException,
    };

    /// <summary>It could not now and might later: lost, or full, or locked for too long.</summary>
    public static bool IsAway(Exception error) => IsLost(error) || error is PostgresException refused
        && (refused.IsTransient || refused.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.LockNotAvailable
            || refused.SqlState.StartsWith("53", StringComparison.Ordinal) || refused.SqlState.StartsWith(
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
    /// Asks again for a while when the server is away; the first time at once, because after it was away the connections of
    /// the pool are dead.
    /// </summary>
    private async Task<T> TryAsync<T>(Func<Task<T>> read, CancellationToken cancel)
    {
        if (IsLookedFor && IsGivenUp) throw new DatabaseAwayException($"PostgreSQL at {Shown} is away.", null);
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

    private static NpgsqlDataSource Source(PostgresUrl url, Action<NpgsqlConnectionStringBuilder> set)
    {
        var parts = new NpgsqlConnectionStringBuilder(url.Connection)
        {
            MaxAutoPrepare = 100,
            AutoPrepareMinUsages = 2,
            // A standby that was made the primary is found as such within a second.
            HostRecheckSeconds = 1,
            TcpKeepAlive = true,
        };
        if (!url.Connection.Contains("Timeout=", StringComparison.OrdinalIgnoreCase)) parts.Timeout = 5;
        set(parts);
        var builder = new NpgsqlDataSourceBuilder(parts.ConnectionString);
        return parts.Host!.Contains(',', StringComparison.Ordinal)
            ? builder.BuildMultiHost().WithTargetSession(TargetSessionAttributes.ReadWrite)
            : builder.Build();
    }

    private static string Reason(Exception error) => error switch
    {
        PostgresException refused => refused.MessageText,
        // The driver's own sentence names what failed; the one below it why.
        { InnerException: { } inner } => $"{error.Message} ({inner.GetBaseException().Message})",
        _ => error.Message,
    };
}
