using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>Every key that is good now, by hash, in memory: checking one costs no SQL.</summary>
public sealed class KeyRing(AccountBook accounts, TimeProvider clock)
{
    private readonly ConcurrentDictionary<Hash, Held> keys = [];

    /// <summary>Takes a key as it is now: it is good from here on, or good no more.</summary>
    public void Apply(ApiKey key)
    {
        if (key.RevokedAt is null) keys[Hash.Of(key.Hash)] = new Held(key);
        else keys.TryRemove(Hash.Of(key.Hash), out _);
    }

    /// <summary>
    /// Whose key the request carries: <c>Authorization</c> (Bearer or Key), <c>Authentication: Bearer</c> or
    /// <c>Ocp-Apim-Subscription-Key</c>. Null: none, or one that is not good now, or not from there.
    /// </summary>
    public Caller? Identify(HttpContext http) => Identify(http.Request.Headers, http.Connection.RemoteIpAddress);

    /// <summary>Whether there is a key at all, good or not.</summary>
    public static bool IsSent(IHeaderDictionary headers) => KeyIn(headers) is { Length: > 0 };

    /// <summary>SHA-256 of the key that the request carries.</summary>
    public static byte[] HashIn(IHeaderDictionary headers) => ApiKey.HashOf(KeyIn(headers) ?? "");

    public Caller? Find(ReadOnlySpan<char> key, IPAddress? client)
    {
        Span<byte> text = stackalloc byte[2048];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(key, text)], hash);
        return Find(hash, client);
    }

    /// <param name="hash">SHA-256 of the key.</param>
    public Caller? Find(ReadOnlySpan<byte> hash, IPAddress? client) =>
        keys.TryGetValue(Hash.Of(hash), out var held) && IsGood(held.Key, client) ? held.Use() : null;

    /// <summary>The keys that were used since this was asked last.</summary>
    public IReadOnlyList<long> TakeUsed()
    {
        var used = new List<long>();
        foreach (var (_, held) in keys)
            if (held.TakeUsed()) used.Add(held.Key.Id);
        return used;
    }

    private Caller? Identify(IHeaderDictionary headers, IPAddress? client) =>
        KeyIn(headers) is { Length: > 0 and <= 512 } key ? Find(key, client) : null;

    private bool IsGood(ApiKey key, IPAddress? client) =>
        (key.ExpiresAt is not { } end || clock.GetUtcNow() < end) && KeyNetworks.Allow(key.Networks, client) && !accounts.IsSuspended(key.Account);

    private static string? KeyIn(IHeaderDictionary headers) =>
        After(headers.Authorization, "Bearer ") ?? After(headers.Authorization, "Key ")
        ?? After(headers["Authentication"], "Bearer ") ?? headers["Ocp-Apim-Subscription-Key"];

    private static string? After(string? header, string scheme) =>
        header is not null && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;

    private sealed class Held(ApiKey key)
    {
        private readonly Caller caller = new(key.Id, key.Name, key.Account, key.Scopes);
        private volatile bool used;

        public ApiKey Key => key;

        public Caller Use()
        {
            // Read first: a line that all write to is slow for all.
            if (!used) used = true;
            return caller;
        }

        public bool TakeUsed()
        {
            if (!used) return false;
            used = false;
            return true;
        }
    }

    private readonly record struct Hash(ulong A, ulong B, ulong C, ulong D)
    {
        public static Hash Of(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<Hash>(hash);
    }
}

/// <summary>Who asks, and what their key allows.</summary>
public sealed record Caller(long Key, string KeyName, int Account, Scopes Scopes)
{
    public bool May(Scopes scope) => (Scopes & scope) == scope;
}
