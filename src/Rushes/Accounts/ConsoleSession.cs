using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Rushes.Accounts;

/// <summary>A person who is signed in to the console with a key. The browser has the id; only its hash is stored.</summary>
public sealed record ConsoleSession
{
    /// <summary>A key has at most this many sessions at once: signing in once more ends the oldest.</summary>
    public const int MaxPerKey = 20;

    /// <summary>In characters.</summary>
    public const int IdLength = 43;

    /// <summary>SHA-256 of the id.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>Id of the key that signed in. The session allows what the key allows, and ends with it.</summary>
    public required long Key { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Set when followers are notified of an ended session; ended sessions are not stored.</summary>
    public bool Ended { get; init; }

    /// <summary>A new id: 256 random bits in URL-safe base64.</summary>
    public static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] HashOf(string id) => SHA256.HashData(Encoding.UTF8.GetBytes(id));
}
