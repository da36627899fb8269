using System.Security.Cryptography;
using System.Text;

namespace Rushes.Accounts;

/// <summary>A key as it is stored: only its hash.</summary>
/// <param name="Hash">SHA-256 of the key's UTF-8 bytes.</param>
public sealed record ApiKey(byte[] Hash, int Account, Scopes Scopes, DateTimeOffset CreatedAt)
{
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>A new key: <c>rk_</c> and 256 random bits in URL-safe base64.</summary>
    public static string NewKey() =>
        "rk_" + System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
}

[Flags]
public enum Scopes
{
    None = 0,
    Submit = 1,
    Read = 2,
    Admin = 4,
    Worker = 8,
    All = Submit | Read | Admin | Worker,
}
