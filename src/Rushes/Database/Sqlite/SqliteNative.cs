using SQLitePCL;

namespace Rushes.Database.Sqlite;

/// <summary>The SQLite library that comes with the package, prepared before the first connection.</summary>
internal static class SqliteNative
{
    private static readonly Lazy<bool> Initialized = new(Initialize);

    public static void EnsureInitialized() => _ = Initialized.Value;

    private static bool Initialize()
    {
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        // Nobody reads these counts, and keeping them costs a lock at every allocation.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        return true;
    }
}
