namespace Rushes.Database.Shared;

internal static class FilesRow
{
    public const string Columns = "id, input_set, result_key, draft_key, ended_at";

    public static JobFiles Read(IRow row) =>
        new(row.Long(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.TimeOrNull(4));
}
