using Rushes.Database.Sqlite;
using SQLitePCL;

namespace Rushes.Database.Copy;

/// <summary>The SQLite file to copy, locked so that no other process opens it.</summary>
internal sealed class SourceFile(SqliteSession session) : IDisposable
{
    /// <exception cref="CopyRejectedException">It is not a database of Rushes, or another process has it open.</exception>
    public static SourceFile Open(string path)
    {
        if (Directory.Exists(path)) path = new Folder(path).File("rushes.db", allowLink: true);
        if (!File.Exists(path)) throw new CopyRejectedException($"The file \"{path}\" does not exist.");
        SqliteSession? session = null;
        try
        {
            session = SqliteSession.OpenReader(path);
            // Every process that has a WAL database open holds a shared lock on the file, so an exclusive lock proves that
            // there is none.
            session.Execute(
                "PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN; SELECT count(*) FROM sqlite_master");
            var source = new SourceFile(session);
            if (source.Text("SELECT count(*) FROM sqlite_master WHERE name = 'migrations'") == "0")
                throw new CopyRejectedException($"\"{path}\" is not a database of a gateway.");
            var (applied, newest) = (source.Text("SELECT max(number) FROM migrations"), $"{SqliteMigrations.Newest}");
            if (applied != newest)
                throw new CopyRejectedException(
                    $"\"{path}\" has schema {applied}, but this version needs {newest}. "
                        + "Start a gateway of this version with it once.");
            return source;
        }
        catch (SqliteException error)
        {
            session?.Dispose();
            throw new CopyRejectedException((error.Code & 0xff) == raw.SQLITE_BUSY
                ? $"\"{path}\" is in use: stop the gateway."
                : $"\"{path}\": {error.Message}");
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>Differs after a gateway ran on the file, because each start is recorded.</summary>
    public string Fingerprint => Text("""
        SELECT (SELECT count(*) || ' ' || coalesce(max(at), 0) FROM audit) || ' ' || (SELECT count(*) || ' ' ||
          coalesce(max(created_at), 0) FROM jobs)
        """);

    public string Text(string sql)
    {
        using var select = session.Prepare(sql);
        select.Step();
        return select.Text(0);
    }

    public long Count(string table) => long.Parse(Text($"SELECT count(*) FROM {table}"), null);

    /// <summary>The highest id ever assigned, including those of deleted rows; 0 if there was none.</summary>
    public long LastId(string table)
    {
        using var select = session.Prepare(
            $"""
            SELECT max(
              coalesce((SELECT max(id) FROM {table}), 0),
              coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = '{table}'), 0))
            """);
        select.Step();
        return select.Long(0);
    }

    /// <summary>The rows in the order of the key.</summary>
    /// <param name="after">The key of the row to start after; empty for all rows.</param>
    public Statement Read(CopiedTable table, IReadOnlyList<CopiedColumn> columns, IReadOnlyList<object> after)
    {
        var key = string.Join(", ", table.Key);
        var select = session.Prepare(
            $"""
            SELECT {string.Join(", ", columns.Select(column => column.Name == table.Moved ? "0" : column.Quoted))}
              FROM {table.Name}
            {(after.Count > 0 ? $"WHERE ({key}) > ({string.Join(", ", after.Select(_ => "?"))})" : "")} ORDER BY {key}
            """);
        foreach (var value in after)
            if (value is string text) select.Bind(text);
            else if (value is byte[] bytes) select.BindBlob(bytes);
            else select.Bind(Convert.ToInt64(value, null));
        return select;
    }

    public void Dispose() => session.Dispose();
}
