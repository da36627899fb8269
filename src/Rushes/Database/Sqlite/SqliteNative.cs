using SQLitePCL;

namespace Rushes.Database.Sqlite;

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
