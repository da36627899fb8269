using SQLitePCL;

namespace Rushes.Database.Sqlite;

/// <summary>An error of SQLite, such as a violated constraint, a full disk or a file that is not a database.</summary>
/// <param name="code">SQLite's extended result code.</param>
public sealed class SqliteException(int code, string message) : Exception($"SQLite error {code}: {message}")
{
    public int Code => code;

    internal static SqliteException From(sqlite3 connection) =>
        new(raw.sqlite3_extended_errcode(connection), raw.sqlite3_errmsg(connection).utf8_to_string());
}
