using System.Buffers;
using System.Text;
using SQLitePCL;

using Rushes.Database.Shared;

namespace Rushes.Database.Sqlite;

/// <summary>A prepared statement: bind values in order, step, read columns by index. Dispose it to reuse it.</summary>
internal sealed class Statement(sqlite3 connection, sqlite3_stmt prepared) : IRow, IDisposable
{
    private int bound;

    public Statement Bind(long value)
    {
        Check(raw.sqlite3_bind_int64(prepared, ++bound, value));
        return this;
    }

    public Statement Bind(bool value) => Bind(value ? 1L : 0L);

    public Statement Bind(DateTimeOffset time) => Bind(time.ToUnixTimeMilliseconds());

    public Statement Bind(long? value)
    {
        if (value is { } given) return Bind(given);
        Check(raw.sqlite3_bind_null(prepared, ++bound));
        return this;
    }

    public Statement Bind(bool? value) => Bind(value is { } given ? given ? 1L : 0L : null);

    public Statement Bind(DateTimeOffset? time) => Bind(time?.ToUnixTimeMilliseconds());

    public Statement BindBlob(ReadOnlySpan<byte> blob)
    {
        Check(raw.sqlite3_bind_blob(prepared, ++bound, blob));
        return this;
    }

    /// <param name="utf8">Not empty, because SQLite would store NULL.</param>
    public Statement BindText(ReadOnlySpan<byte> utf8)
    {
        Check(raw.sqlite3_bind_text(prepared, ++bound, utf8));
        return this;
    }

    public Statement Bind(string? text)
    {
        if (text is null) Check(raw.sqlite3_bind_null(prepared, ++bound));
        else if (text.Length == 0) Check(raw.sqlite3_bind_text(prepared, ++bound, ""));
        else BindUtf8(text);
        return this;
    }

    /// <summary>Binds values of the types that the shared stores use.</summary>
    public Statement BindAll(object?[] values)
    {
        foreach (var value in values)
            _ = value switch
            {
                null => Bind((string?)null),
                string text => Bind(text),
                byte[] blob => BindBlob(blob),
                bool flag => Bind(flag),
                int number => Bind(number),
                long number => Bind(number),
                DateTimeOffset time => Bind(time),
                _ => throw new ArgumentException($"{value.GetType()} cannot be stored", nameof(values)),
            };
        return this;
    }

    /// <summary>Moves to the next row; false if there is none.</summary>
    public bool Step() => raw.sqlite3_step(prepared) switch
    {
        raw.SQLITE_ROW => true,
        raw.SQLITE_DONE => false,
        _ => throw SqliteException.From(connection),
    };

    /// <summary>Reads all rows.</summary>
    public List<T> ReadAll<T>(Func<Statement, T> read)
    {
        var rows = new List<T>();
        while (Step()) rows.Add(read(this));
        return rows;
    }

    /// <summary>Runs a statement without reading rows.</summary>
    public void Execute()
    {
        while (Step()) { }
    }

    public long Long(int column) => raw.sqlite3_column_int64(prepared, column);

    public int Int(int column) => raw.sqlite3_column_int(prepared, column);

    public bool Bool(int column) => Int(column) != 0;

    public bool IsNull(int column) => raw.sqlite3_column_type(prepared, column) == raw.SQLITE_NULL;

    public DateTimeOffset Time(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Long(column));

    public string Text(int column) => Encoding.UTF8.GetString(Bytes(column));

    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(prepared, column);

    public void Dispose()
    {
        // The return value repeats the error of the last step, which was thrown already.
        _ = raw.sqlite3_reset(prepared);
        bound = 0;
    }

    public void Close() => raw.sqlite3_finalize(prepared);

    private void BindUtf8(string text)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var count = Encoding.UTF8.GetBytes(text, buffer);
        Check(raw.sqlite3_bind_text(prepared, ++bound, buffer.AsSpan(0, count)));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw SqliteException.From(connection);
    }
}
