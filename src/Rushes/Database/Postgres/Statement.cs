using System.Text;
using Npgsql;

namespace Rushes.Database.Postgres;

/// <summary>One SQL statement with its values, <c>$1</c> and so on in their order. Once it ran, it holds what it gave.</summary>
internal class Statement(string sql, params object?[] values)
{
    /// <summary>Rows that it changed; 0 for one that only reads.</summary>
    public int Changed { get; protected set; }

    public virtual bool GivesRows => false;

    public NpgsqlBatchCommand ToCommand()
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = Value(value) });
        return command;
    }

    /// <summary>Takes the rows; the reader stands before the first.</summary>
    public virtual Task TakeRowsAsync(NpgsqlDataReader reader) => Task.CompletedTask;

    /// <summary>After the whole batch ran.</summary>
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
    /// PostgreSQL takes neither a NUL nor half a surrogate pair. Both come from outside (a program's error output, a
    /// receiver's answer), and neither may keep a job from ending.
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

/// <summary>A statement that gives rows.</summary>
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

/// <summary>A statement that changes rows and gives them.</summary>
internal sealed class Change<T>(string sql, object?[] values, Func<Row, T> read) : Query<T>(sql, values, read)
{
    public override void TakeCount(int changed) => Changed = Rows.Count;
}
