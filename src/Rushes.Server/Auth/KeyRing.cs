using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>Every key that is good now, by hash, in memory: checking one costs no SQL.</summary>
public sealed class KeyRing
{
    private volatile FrozenDictionary<Hash, Caller> callers = FrozenDictionary<Hash, Caller>.Empty;

    public void Load(IEnumerable<ApiKey> keys) =>
        callers = keys.ToFrozenDictionary(key => Hash.Of(key.Hash), key => new Caller(key.Account, key.Scopes));

    /// <summary>
    /// Whose key the request carries: <c>Authorization</c> (Bearer or Key), <c>Authentication: Bearer</c> or
    /// <c>Ocp-Apim-Subscription-Key</c>. Null: none, or one that is not good.
    /// </summary>
    public Caller? Identify(IHeaderDictionary headers) => KeyIn(headers) is { Length: > 0 and <= 512 } key ? Find(key) : null;

    public Caller? Identify(HttpContext http) => Identify(http.Request.Headers);

    /// <summary>Whether there is a key at all, good or not.</summary>
    public static bool IsSent(IHeaderDictionary headers) => KeyIn(headers) is { Length: > 0 };

    public Caller? Find(ReadOnlySpan<char> key)
    {
        Span<byte> text = stackalloc byte[2048];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(key, text)], hash);
        return callers.GetValueOrDefault(Hash.Of(hash));
    }

    private static string? KeyIn(IHeaderDictionary headers) =>
        After(headers.Authorization, "Bearer ") ?? After(headers.Authorization, "Key ")
        ?? After(headers["Authentication"], "Bearer ") ?? headers["Ocp-Apim-Subscription-Key"];

    private static string? After(string? header, string scheme) =>
        header is not null && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;

    private readonly record struct Hash(ulong A, ulong B, ulong C, ulong D)
    {
        public static Hash Of(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<Hash>(hash);
    }
}

/// <summary>Who asks, and what their key allows.</summary>
public sealed record Caller(int Account, Scopes Scopes)
{
    public bool May(Scopes scope) => (Scopes & scope) == scope;
}
