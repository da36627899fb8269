using Npgsql;

namespace Rushes.Database.Postgres;

/// <summary>How columns are read, and times are written.</summary>
internal static class Columns
{
    extension(NpgsqlDataReader row)
    {
        public long Long(int column) => row.GetInt64(column);

        public long? LongOrNull(int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

        public int Int(int column) => row.GetInt32(column);

        public int? IntOrNull(int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

        public bool Bool(int column) => row.GetBoolean(column);

        public string Text(int column) => row.GetString(column);

        public string? TextOrNull(int column) => row.IsDBNull(column) ? null : row.GetString(column);

        public byte[] Bytes(int column) => row.GetFieldValue<byte[]>(column);

        public DateTimeOffset Time(int column) => row.GetFieldValue<DateTimeOffset>(column);

        public DateTimeOffset? TimeOrNull(int column) => row.IsDBNull(column) ? null : row.Time(column);
    }

    extension(DateTimeOffset time)
    {
        /// <summary>UTC, cut to the millisecond: what comes back is what was written.</summary>
        public DateTimeOffset ToMilliseconds() => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());
    }
}
