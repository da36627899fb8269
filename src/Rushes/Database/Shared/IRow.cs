namespace Rushes.Database.Shared;

/// <summary>The current row of a query in either database; columns are read by index.</summary>
internal interface IRow
{
    bool IsNull(int column);

    bool Bool(int column);

    int Int(int column);

    long Long(int column);

    DateTimeOffset Time(int column);

    string Text(int column);

    /// <summary>A blob, or the UTF-8 of a text; valid until the next row.</summary>
    ReadOnlySpan<byte> Bytes(int column);
}

/// <summary>Reads nullable columns.</summary>
internal static class NullableColumns
{
    extension(IRow row)
    {
        public int? IntOrNull(int column) => row.IsNull(column) ? null : row.Int(column);

        public long? LongOrNull(int column) => row.IsNull(column) ? null : row.Long(column);

        public DateTimeOffset? TimeOrNull(int column) => row.IsNull(column) ? null : row.Time(column);

        public string? TextOrNull(int column) => row.IsNull(column) ? null : row.Text(column);
    }
}
