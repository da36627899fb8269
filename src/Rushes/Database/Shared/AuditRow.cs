using Rushes.Accounts;

namespace Rushes.Database.Shared;

internal static class AuditRow
{
    public const string Columns = "id, at, actor, action, subject, detail";

    public static object?[] Values(AuditEntry entry, DateTimeOffset at) =>
        [at, entry.Actor, entry.Action, entry.Subject, entry.Detail];

    public static AuditEntry Read(IRow row) =>
        new(row.Text(2), row.Text(3), row.Text(4), row.Text(5)) { Id = row.Long(0), At = row.Time(1) };
}
