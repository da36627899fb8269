using System.Runtime.InteropServices;
using SQLitePCL;

namespace Rushes.Database.Sqlite;

/// <summary>
/// Which SQLite runs: the system's library where it is new enough, because the distribution keeps it patched,
/// else the older one that is bundled.
/// </summary>
public static class SqliteNative
{
    /// <summary>STRICT tables came with 3.37.</summary>
    internal const int FirstWithStrict = 3_037_000;

    private const string SystemLibrary = "libsqlite3.so.0";

    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Such as <c>3.40.1</c>.</summary>
    public static string Version
    {
        get
        {
            Use();
            return raw.sqlite3_libversion().utf8_to_string();
        }
    }

    /// <summary>False: the bundled library runs, which is worth a warning.</summary>
    public static bool IsSystem => Loaded.Value;

    internal static int VersionNumber
    {
        get
        {
            Use();
            return raw.sqlite3_libversion_number();
        }
    }

    /// <summary>Before the first call of any kind.</summary>
    internal static void Use() => _ = Loaded.Value;

    private static bool Load()
    {
        var system = FindSystem();
        var provider = new SQLite3Provider_e_sqlite3();
        if (system != 0)
            NativeLibrary.SetDllImportResolver(provider.GetType().Assembly, (name, _, _) => name == "e_sqlite3" ? system : 0);

        raw.SetProvider(provider);
        // Nobody reads these counts, and keeping them costs a lock at every allocation.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
        return system != 0;
    }

    private static nint FindSystem()
    {
        if (!NativeLibrary.TryLoad(SystemLibrary, out var library)) return 0;
        if (NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var address)
            && Marshal.GetDelegateForFunctionPointer<VersionFunction>(address)() >= FirstWithStrict)
            return library;

        NativeLibrary.Free(library);
        return 0;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int VersionFunction();
}
