using Rushes.Accounts;

namespace Rushes.Database.Shared;

internal static class SessionRow
{
    public const string Columns = "hash, key, created_at, expires_at";

    public static ConsoleSession Read(IRow row) => new()
    {
        Hash = row.Bytes(0).ToArray(), Key = row.Long(1), CreatedAt = row.Time(2), ExpiresAt = row.Time(3),
    };
}
