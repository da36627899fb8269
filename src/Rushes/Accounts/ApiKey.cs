using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Rushes.Accounts;

/// <summary>A stored API key. Only its hash is stored.</summary>
public sealed record ApiKey
{
    /// <summary>Identifies the key for people; 0 until it is stored.</summary>
    public long Id { get; init; }

    /// <summary>SHA-256 of the key's UTF-8 bytes.</summary>
    public required byte[] Hash { get; init; }

    public required int Account { get; init; }

    /// <summary>1 to 100 characters, for people; need not be unique.</summary>
    public required string Name { get; init; }

    public required Scopes Scopes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Invalid from then on; null: valid until it is revoked.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The networks in which the key is valid; empty: all.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Accurate to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The key of a <see cref="Person"/>, whom a provider signs in. No program can use it.</summary>
    public bool IsPerson { get; init; }

    /// <summary>Neither revoked nor expired.</summary>
    public bool IsValid(DateTimeOffset now) => RevokedAt is null && !(ExpiresAt <= now);

    /// <summary>Whether the stored key is the one in the settings and is still valid.</summary>
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

    /// <summary>Read them and their results.</summary>
    Read = 2,

    /// <summary>Everything, for all accounts.</summary>
    Admin = 4,

    /// <summary>Claim jobs of all accounts and deliver results.</summary>
    Worker = 8,

    All = Submit | Read | Admin | Worker,
}
