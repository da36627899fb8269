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
