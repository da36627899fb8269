using Rushes.Accounts;

namespace Rushes.Database.Shared;

internal static class AccountRow
{
    public const string Columns = "id, name, plan, suspended, created_at, webhook_url";

    public static Account Read(IRow row) => new(row.Int(0), row.Text(1), row.Text(2), row.Bool(3), row.Time(4))
    {
        WebhookUrl = row.TextOrNull(5),
    };
}
