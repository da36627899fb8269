using Npgsql;

using Rushes.Database.Shared;

namespace Rushes.Database.Postgres;

/// <summary>The current row of a reader.</summary>
internal sealed class Row(NpgsqlDataReader reader) : IRow
{
    public bool IsNull(int column) => reader.IsDBNull(column);

    public bool Bool(int column) => reader.GetBoolean(column);

    public int Int(int column) => reader.GetInt32(column);

    public long Long(int column) => reader.GetInt64(column);

    public DateTimeOffset Time(int column) => reader.GetFieldValue<DateTimeOffset>(column);

    public Guid Guid(int column) => reader.GetGuid(column);

    public string Text(int column) => reader.GetString(column);

    /// <summary>A new array.</summary>
    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    /// <summary>The value in its own type.</summary>
    public object Value(int column) => reader.GetValue(column);

    ReadOnlySpan<byte> IRow.Bytes(int column) => Bytes(column);
}
