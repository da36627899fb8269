using System.Data;
using Npgsql;

namespace Rushes.Database.Postgres;

/// <summary>One connection, used by one caller at a time.</summary>
internal sealed class Session(NpgsqlConnection connection) : IAsyncDisposable
{
    public NpgsqlConnection Connection => connection;

    /// <summary>Npgsql closes the connection after severe errors, such as a full disk.</summary>
    public bool IsOpen => connection.State == ConnectionState.Open;

    /// <summary>Runs the statements in one round trip.</summary>
    public async Task RunAsync(params Statement[] statements)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var statement in statements) batch.BatchCommands.Add(statement.ToCommand());
        await using (var reader = await batch.ExecuteReaderAsync())
            foreach (var statement in statements.Where(statement => statement.GivesRows))
            {
                await statement.TakeRowsAsync(reader);
                await reader.NextResultAsync();
            }

        for (var i = 0; i < statements.Length; i++) statements[i].TakeCount((int)batch.BatchCommands[i].Rows);
    }

    public async Task<List<T>> ReadAsync<T>(string sql, object?[] values, Func<Row, T> read)
    {
        var query = new Query<T>(sql, values, read);
        await RunAsync(query);
        return query.Rows;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
