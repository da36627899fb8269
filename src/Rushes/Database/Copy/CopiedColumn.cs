using Npgsql;
using NpgsqlTypes;
using Rushes.Database.Postgres;

namespace Rushes.Database.Copy;

/// <summary>How the values of a column are converted from SQLite, which has four types, to PostgreSQL.</summary>
/// <param name="Type">The type in PostgreSQL.</param>
/// <param name="IsCounted">Whether a sequence generates its values.</param>
internal sealed record CopiedColumn(string Name, string Type, bool IsCounted)
{
    public string Quoted => $"\"{Name}\"";

    /// <summary>In SQLite's order, which compares bytes.</summary>
    public string Ordered => Type == "text" ? $"{Quoted} COLLATE \"C\"" : Quoted;

    public static Task<List<CopiedColumn>> ReadAsync(Session session, string table) => session.ReadAsync(
        """
        SELECT column_name::text, data_type::text, is_identity = 'YES' FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position
        """,
        [table], row => new CopiedColumn(row.Text(0), row.Text(1), row.Bool(2)));

    public Task WriteAsync(NpgsqlBinaryImporter target, Sqlite.Statement row, int at, CancellationToken cancel)
    {
        if (row.IsNull(at)) return target.WriteNullAsync(cancel);
        return Type switch
        {
            "smallint" => target.WriteAsync(checked((short)row.Long(at)), NpgsqlDbType.Smallint, cancel),
            "integer" => target.WriteAsync(checked((int)row.Long(at)), NpgsqlDbType.Integer, cancel),
            "bigint" => target.WriteAsync(row.Long(at), NpgsqlDbType.Bigint, cancel),
            "boolean" => target.WriteAsync(row.Bool(at), NpgsqlDbType.Boolean, cancel),
            "timestamp with time zone" => target.WriteAsync(row.Time(at), NpgsqlDbType.TimestampTz, cancel),
            "bytea" => target.WriteAsync(row.Bytes(at).ToArray(), NpgsqlDbType.Bytea, cancel),
            "text" => target.WriteAsync(Statement.Clean(row.Text(at)), NpgsqlDbType.Text, cancel),
            _ => throw new InvalidOperationException($"{Name} has type {Type}, which cannot be copied."),
        };
    }
}
