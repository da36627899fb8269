using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Rushes.Accounts;

/// <summary>A key as it is stored: only its hash.</summary>
public sealed record ApiKey
{
    /// <summary>What people call it by; 0 until it is stored.</summary>
    public long Id { get; init; }

    /// <summary>SHA-256 of the key's UTF-8 bytes.</summary>
    public required byte[] Hash { get; init; }

    public required int Account { get; init; }

    /// <summary>1 to 100 characters, for people; several keys may share one.</summary>
    public required string Name { get; init; }

    public required Scopes Scopes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not good from then on; null: until it is revoked.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Good only from these networks; none: from anywhere.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>To the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>Neither revoked nor expired.</summary>
    public bool IsValid(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);

    /// <summary>Whether the stored key is the one that is to be set, and may still be used.</summary>
    public bool IsSame(ApiKey other) => Account == other.Account && Name == other.Name && RevokedAt is null;

    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>A new key: <c>rk_</c> and 256 random bits in URL-safe base64.</summary>
    public static string NewKey() =>
        "rk_" + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}

[Flags]
public enum Scopes
{
    None = 0,

    /// <summary>Create and cancel jobs of its account.</summary>
    Submit = 1,

    /// <summary>See them, and fetch results.</summary>
    Read = 2,

    /// <summary>Everything of every account.</summary>
    Admin = 4,

    /// <summary>Take jobs and deliver results, whoever's they are.</summary>
    Worker = 8,

    All = Submit | Read | Admin | Worker,
}
