using System.Text;
using Npgsql;

namespace Rushes.Database.Postgres;

/// <summary>An SQL statement with its values, <c>$1</c> and so on. It has its results after it was run.</summary>
internal class Statement(string sql, params object?[] values)
{
    /// <summary>The number of changed rows; 0 for a query.</summary>
    public int Changed { get; protected set; }

    public virtual bool GivesRows => false;

    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = Value(value) });
        return command;
    }

    /// <summary>Reads the rows; the reader is before the first one.</summary>
    public virtual Task TakeRowsAsync(NpgsqlDataReader reader) => Task.CompletedTask;

    /// <summary>Called after the whole batch was run.</summary>
    public virtual void TakeCount(int changed) => Changed = changed;

    private static object Value(object? value) => value switch
    {
        null => DBNull.Value,
        string text => Clean(text),
        string?[] texts => Array.ConvertAll(texts, text => text is null ? null : Clean(text)),
        DateTimeOffset time => time.ToMilliseconds(),
        DateTimeOffset?[] times => Array.ConvertAll(times, time => time?.ToMilliseconds()),
        _ => value,
    };

    /// <summary>
    /// PostgreSQL accepts neither NUL nor half a surrogate pair. Both occur in the output of programs and the responses of
    /// receivers, and must not keep a job from ending.
    /// </summary>
    internal static string Clean(string text)
    {
        var clean = text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;
        foreach (var letter in clean)
            if (char.IsSurrogate(letter))
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(clean));
        return clean;
    }
}

/// <summary>A statement that returns rows.</summary>
internal class Query<T>(string sql, object?[] values, Func<Row, T> read) : Statement(sql, values)
{
    public List<T> Rows { get; } = [];

    public override bool GivesRows => true;

    public override async Task TakeRowsAsync(NpgsqlDataReader reader)
    {
        var row = new Row(reader);
        while (await reader.ReadAsync()) Rows.Add(read(row));
    }

    public override void TakeCount(int changed) { }
}

/// <summary>A statement that changes rows and returns them.</summary>
internal sealed class Change<T>(string sql, object?[] values, Func<Row, T> read) : Query<T>(sql, values, read)
{
    public override void TakeCount(int changed) => Changed = Rows.Count;
}

internal static class Milliseconds
{
    extension(DateTimeOffset time)
    {
        /// <summary>UTC, truncated to the millisecond, so that reading returns what was written.</summary>
        public DateTimeOffset ToMilliseconds() => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
    }
}
