using System.Net;
using Rushes.Accounts;

namespace Rushes.Database.Shared;

internal static class KeyRow
{
    public const string Columns =
        "id, hash, account, name, scopes, networks, created_at, expires_at, last_used_at, revoked_at, person";

    public static ApiKey Read(IRow row) => new()
    {
        Id = row.Long(0),
        Hash = row.Bytes(1).ToArray(),
        Account = row.Int(2),
        Name = row.Text(3),
        Scopes = (Scopes)row.Int(4),
        Networks = Networks(row.Long(0), row.TextOrNull(5)),
        CreatedAt = row.Time(6),
        ExpiresAt = row.TimeOrNull(7),
        LastUsedAt = row.TimeOrNull(8),
        RevokedAt = row.TimeOrNull(9),
        IsPerson = !row.IsNull(10),
    };

    /// <summary>Null if the key is valid from all networks.</summary>
    public static string? Networks(ApiKey key) => key.Networks.Count == 0 ? null : string.Join(',', key.Networks);

    /// <exception cref="InvalidDataException">The stored text is not a network.</exception>
    public static IReadOnlyList<IPNetwork> Networks(long key, string? text) =>
        KeyNetworks.TryParse(text ?? "", out var networks, out var bad)
            ? networks
            : throw new InvalidDataException($"key {key}: \"{bad}\" is not a network");
}

internal static class AccountRow
{
    public const string Columns = "id, name, plan, suspended, created_at, webhook_url";

    public static Account Read(IRow row) => new(row.Int(0), row.Text(1), row.Text(2), row.Bool(3), row.Time(4))
    {
        WebhookUrl = row.TextOrNull(5),
    };
}

internal static class SessionRow
{
    public const string Columns = "hash, key, created_at, expires_at";

    public static ConsoleSession Read(IRow row) => new()
    {
        Hash = row.Bytes(0).ToArray(), Key = row.Long(1), CreatedAt = row.Time(2), ExpiresAt = row.Time(3),
    };
}

internal static class AuditRow
{
    public const string Columns = "id, at, actor, action, subject, detail";

    public static object?[] Values(AuditEntry entry, DateTimeOffset at) =>
        [at, entry.Actor, entry.Action, entry.Subject, entry.Detail];

    public static AuditEntry Read(IRow row) =>
        new(row.Text(2), row.Text(3), row.Text(4), row.Text(5)) { Id = row.Long(0), At = row.Time(1) };
}
