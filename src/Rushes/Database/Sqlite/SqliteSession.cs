using SQLitePCL;

namespace Rushes.Database.Sqlite;

/// <summary>One connection with its prepared statements, used by one thread at a time.</summary>
internal sealed class SqliteSession : IDisposable
{
    private readonly sqlite3 connection;

    private readonly Dictionary<string, Statement> statements = new(StringComparer.Ordinal);

    // Nearly all statements are constants, which are found by reference, without hashing the text.
    private readonly Dictionary<string, Statement> constants = new(ReferenceEqualityComparer.Instance);

    private SqliteSession(sqlite3 connection) => this.connection = connection;

    public static SqliteSession OpenWriter(string path)
    {
        // In WAL mode, FULL makes commits survive a power failure. The writer runs the checkpoints: one every 16 MiB (of 4
        // KiB pages) costs the same in total as one every 64, and each pause is a third as long.
        return Open(path, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE, """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA wal_autocheckpoint = 4096;
            PRAGMA journal_size_limit = 67108864;
            PRAGMA cache_size = -65536;
            """);
    }

    public static SqliteSession OpenReader(string path) =>
        Open(path, raw.SQLITE_OPEN_READWRITE, "PRAGMA query_only = ON");

    /// <summary>
    /// False outside a transaction, including after SQLite rolled one back itself, as it does when the disk is full.
    /// </summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(connection) == 0;

    public long LastInsertId => raw.sqlite3_last_insert_rowid(connection);

    /// <summary>Returns the prepared statement; dispose it to reuse it.</summary>
    /// <param name="sql">One of a fixed number of texts: each is kept until the session ends.</param>
    public Statement Prepare(string sql)
    {
        if (constants.TryGetValue(sql, out var known)) return known;
        if (!statements.TryGetValue(sql, out known)) statements[sql] = known = PrepareNew(sql);
        if (ReferenceEquals(string.IsInterned(sql), sql)) constants[sql] = known;
        return known;
    }

    private Statement PrepareNew(string sql) =>
        raw.sqlite3_prepare_v3(connection, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared) == raw.SQLITE_OK
            ? new Statement(connection, prepared)
            : throw SqliteException.From(connection);

    /// <summary>Runs a script once.</summary>
    public void Execute(string sql)
    {
        if (raw.sqlite3_exec(connection, sql) != raw.SQLITE_OK) throw SqliteException.From(connection);
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values) statement.Close();
        raw.sqlite3_close_v2(connection);
    }

    private static SqliteSession Open(string path, int flags, string settings)
    {
        SqliteNative.EnsureInitialized();
        var opened = raw.sqlite3_open_v2(path, out var connection, flags | raw.SQLITE_OPEN_NOMUTEX, null);
        var session = new SqliteSession(connection);
        try
        {
            if (opened != raw.SQLITE_OK)
                throw new SqliteException(opened, $"{path}: {raw.sqlite3_errmsg(connection).utf8_to_string()}");

            // Another program, such as a backup, may hold the write lock for a moment.
            raw.sqlite3_busy_timeout(connection, 10_000);
            session.Execute(settings);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}

/// <summary>An error of SQLite, such as a violated constraint, a full disk or a file that is not a database.</summary>
/// <param name="code">SQLite's extended result code.</param>
public sealed class SqliteException(int code, string message) : Exception($"SQLite error {code}: {message}")
{
    public int Code => code;

    internal static SqliteException From(sqlite3 connection) =>
        new(raw.sqlite3_extended_errcode(connection), raw.sqlite3_errmsg(connection).utf8_to_string());
}

/// <summary>Initializes the SQLite library before the first connection.</summary>
internal static class SqliteNative
{
    private static readonly Lazy<bool> Initialized = new(Initialize);

    public static void EnsureInitialized() => _ = Initialized.Value;

    private static bool Initialize()
    {
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        // Memory statistics are not used, and cost a lock for every allocation.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        return true;
    }
}
