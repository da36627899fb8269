using Npgsql;
using Rushes.Database.Postgres;
using Rushes.Database.Shared;

namespace Rushes.Database.Copy;

/// <summary>
/// Copies the SQLite file of a gateway into an empty PostgreSQL database. Rows keep their ids and are copied in atomic
/// batches. After an interruption the next copy continues after the last row that was copied.
/// </summary>
public sealed class DatabaseCopy : IAsyncDisposable
{
    /// <summary>Rows per transaction.</summary>
    internal const int Batch = 2000;

    /// <summary>An arbitrary number.</summary>
    private const long Lock = 0x52555348_434f5059;

    private readonly SourceFile source;
    private readonly PostgresServer server;
    private readonly Session target;

    private DatabaseCopy(SourceFile source, PostgresServer server, Session target) =>
        (this.source, this.server, this.target) = (source, server, target);

    /// <param name="from"><c>sqlite:PATH</c>; PATH may be the folder that contains <c>rushes.db</c>.</param>
    /// <param name="to"><c>postgres://user:password@host/database</c>.</param>
    /// <exception cref="CopyRejectedException">One of the databases cannot be copied from or to.</exception>
    /// <exception cref="DatabaseAwayException">PostgreSQL cannot be reached or is read-only.</exception>
    public static async Task<DatabaseCopy> OpenAsync(string from, string to, CancellationToken cancel)
    {
        const string Scheme = "sqlite:";
        if (!from.StartsWith(Scheme, StringComparison.Ordinal))
            throw new CopyRejectedException($"The source must be SQLite, such as {Scheme}data/rushes.db.");
        var url = Parse(to);
        var source = SourceFile.Open(from[Scheme.Length..]);
        var server = new PostgresServer(url);
        Session? target = null;
        try
        {
            target = await server.OpenWriterAsync(cancel);
            await PrepareAsync(target, source.Fingerprint);
            return new DatabaseCopy(source, server, target);
        }
        catch (Exception error)
        {
            if (target is not null) await target.DisposeAsync();
            await server.DisposeAsync();
            source.Dispose();
            if (error is InvalidDataException) throw new CopyRejectedException(error.Message);
            if (error is NpgsqlException) throw server.Away(error);
            throw;
        }
    }

    /// <summary>The number of rows in total, and of rows copied by earlier runs.</summary>
    public async Task<(long All, long Before)> CountAsync()
    {
        long all = 0, before = 0;
        foreach (var table in CopiedTable.All)
            (all, before) = (all + source.Count(table.Name), before + await CountAsync(target, table.Name));
        return (all, before);
    }

    /// <param name="done">Called after each batch with the table and the number of rows.</param>
    /// <exception cref="DatabaseAwayException">The connection to PostgreSQL was lost. What was copied remains.</exception>
    public async Task RunAsync(Action<string, int> done, CancellationToken cancel)
    {
        try
        {
            foreach (var table in CopiedTable.All) await CopyAsync(table, done, cancel);
        }
        catch (Exception error) when (PostgresServer.IsAway(error))
        {
            throw server.Away(error);
        }
    }

    /// <summary>Compares both databases. If they are equal, it sets the sequences and lets gateways start.</summary>
    public async Task<IReadOnlyList<CopyCheck>> FinishAsync()
    {
        var checks = new List<CopyCheck>();
        var counts = CopiedTable.All.Select(table => (table.Name, $"SELECT CAST(count(*) AS text) FROM {table.Name}"));
        foreach (var (what, sql) in counts.Concat(CopyCheck.Sums))
            checks.Add(new CopyCheck(what, source.Text(sql), (await target.ReadAsync(sql, [], row => row.Text(0)))[0]));
        if (!checks.TrueForAll(check => check.IsSame)) return checks;

        foreach (var table in CopiedTable.All) await target.RunAsync(new Statement($"ANALYZE {table.Name}"));
        var end = new List<Statement> { new("BEGIN"), new("SET LOCAL synchronous_commit = on") };
        foreach (var table in CopiedTable.All)
            if ((await CopiedColumn.ReadAsync(target, table.Name)).Exists(column => column.IsCounted)
                && source.LastId(table.Name) is var last and > 0)
                end.Add(
                    new Query<long>(
                        $"SELECT setval(pg_get_serial_sequence('{table.Name}', 'id'), $1)", [last], row => row.Long(0)));
        await target.RunAsync([.. end, new Statement("DROP TABLE copying"), new Statement("COMMIT")]);
        return checks;
    }

    public async ValueTask DisposeAsync()
    {
        await target.DisposeAsync();
        await server.DisposeAsync();
        source.Dispose();
    }

    private static PostgresUrl Parse(string url)
    {
        try
        {
            return PostgresUrl.Parse(url);
        }
        catch (FormatException error)
        {
            throw new CopyRejectedException($"The target: {error.Message}");
        }
    }

    /// <summary>Waits for the lock, which the server may still hold for an interrupted copy.</summary>
    private static async Task LockAsync(Session target)
    {
        try
        {
            await target.RunAsync(
                new Statement("SET lock_timeout = '15s'"), new Query<bool>("SELECT pg_advisory_lock($1)", [Lock], _ => true),
                new Statement("SET lock_timeout = 0"));
        }
        catch (PostgresException busy) when (busy.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new CopyRejectedException("Another copy into this database is running.");
        }
    }

    /// <summary>Creates the tables, and checks that they are empty or contain the beginning of the same copy.</summary>
    private static async Task PrepareAsync(Session target, string fingerprint)
    {
        // A crash of the server loses nothing: the end of the copy is flushed to disk, and so is everything before it.
        await target.RunAsync(
            new Statement("SET statement_timeout = 0"), new Statement(
                "SET enable_seqscan = on"), new Statement("SET enable_sort = on"),
            new Statement("SET synchronous_commit = off"));
        await LockAsync(target);
        await PostgresMigrations.ApplyAsync(target);
        if (await CopyMark.FindAsync(target) is { } mark)
        {
            if (mark == fingerprint) return;
            throw new CopyRejectedException(
                "The target contains part of another copy, or a gateway used the source after this copy started. "
                    + "Create the database again (dropdb, createdb).");
        }

        foreach (var table in CopiedTable.All)
            if (await CountAsync(target, table.Name) is var rows and > 0)
                throw new CopyRejectedException($"The target is not empty: its table {table.Name} has {rows} rows.");
        await CopyMark.SetAsync(target, fingerprint);
    }

    private static async Task<long> CountAsync(Session target, string table) =>
        (await target.ReadAsync($"SELECT count(*) FROM {table}", [], row => row.Long(0)))[0];

    private async Task CopyAsync(CopiedTable table, Action<string, int> done, CancellationToken cancel)
    {
        var columns = await CopiedColumn.ReadAsync(target, table.Name);
        using var rows = source.Read(table, columns, await LastAsync(table, columns));
        var more = rows.Step();
        while (more)
        {
            cancel.ThrowIfCancellationRequested();
            await using var batch = await target.Connection.BeginBinaryImportAsync(
                $"COPY {table.Name} ({string.Join(", ", columns.Select(column => column.Quoted))}) FROM STDIN (FORMAT BINARY)",
                cancel);
            batch.Timeout = TimeSpan.FromMinutes(2);
            var count = 0;
            do
            {
                await batch.StartRowAsync(cancel);
                for (var i = 0; i < columns.Count; i++) await columns[i].WriteAsync(batch, rows, i, cancel);
                more = rows.Step();
            }
            while (++count < Batch && more);
            await batch.CompleteAsync(cancel);
            done(table.Name, count);
        }
    }

    /// <summary>The key of the last row that was copied; empty if there is none.</summary>
    private async Task<object[]> LastAsync(CopiedTable table, List<CopiedColumn> columns)
    {
        var order = table.Key.Select(key => columns.Single(column => column.Name == key).Ordered + " DESC");
        var last = await target.ReadAsync(
            $"SELECT {string.Join(", ", table.Key)} FROM {table.Name} ORDER BY {string.Join(", ", order)} LIMIT 1", [],
            row => Enumerable.Range(0, table.Key.Length).Select(row.Value).ToArray());
        return last.Count > 0 ? last[0] : [];
    }
}

/// <summary>One of the databases cannot be copied from or to. Nothing was changed.</summary>
public sealed class CopyRejectedException(string message) : Exception(message);

/// <summary>A value that must be equal in both databases.</summary>
public sealed record CopyCheck(string What, string From, string To)
{
    private const string SumOfBalances = "SELECT CAST(coalesce(sum(balance), 0) AS text) FROM ledger_accounts WHERE kind =";

    /// <summary>Compared in addition to the row counts. Each query returns the same text in both databases.</summary>
    internal static readonly (string What, string Sql)[] Sums =
    [
        ("jobs that wait", $"SELECT CAST(count(*) AS text) FROM jobs WHERE state IN {StateNumbers.Waiting}"),
        ("jobs that run", $"SELECT CAST(count(*) AS text) FROM jobs WHERE state = {StateNumbers.Running}"),
        ("work ahead, ms", $"SELECT CAST(coalesce(sum(work), 0) AS text) FROM jobs WHERE state IN {StateNumbers.Live}"),
        ("callbacks that wait", $"SELECT CAST(count(*) AS text) FROM deliveries WHERE state = {StateNumbers.DeliveryPending}"),
        ("moved in the ledger", "SELECT CAST(coalesce(sum(amount), 0) AS text) FROM ledger_entries"),
        ("customers' credit", $"{SumOfBalances} {StateNumbers.CreditAccount}"),
        ("held for jobs", $"{SumOfBalances} {StateNumbers.HeldAccount}"),
        ("revenue", $"{SumOfBalances} {StateNumbers.RevenueAccount}"),
        ("bytes stored", "SELECT CAST(coalesce(sum(bytes), 0) AS text) FROM stored_bytes"),
        ("bytes of requests", "SELECT CAST(coalesce(sum(bytes), 0) AS text) FROM stored_requests"),
        ("issued", $"{SumOfBalances} {StateNumbers.IssuerAccount}"),
    ];

    public bool IsSame => From == To;
}
