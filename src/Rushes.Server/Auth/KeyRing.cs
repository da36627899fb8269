using System.Collections.Concurrent;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>All valid keys by hash, in memory, so that checking a key needs no SQL.</summary>
public sealed class KeyRing(AccountDirectory accounts, TimeProvider clock)
{
    private readonly ConcurrentDictionary<KeyHash, Held> keys = [];
    private readonly ConcurrentDictionary<long, Held> byId = [];
    private readonly HeaderHashes hashes = new();

    /// <summary>Applies a change of a key.</summary>
    public void Apply(ApiKey key)
    {
        if (key.RevokedAt is null)
        {
            keys[KeyHash.Of(key.Hash)] = byId[key.Id] = new Held(key);
            return;
        }

        keys.TryRemove(KeyHash.Of(key.Hash), out _);
        byId.TryRemove(key.Id, out _);
    }

    /// <summary>
    /// The owner of the request's key, from <c>Authorization</c> (Bearer or Key), <c>Authentication: Bearer</c> or
    /// <c>Ocp-Apim-Subscription-Key</c>. Null if there is none, it is invalid, or it may not be used from this network.
    /// </summary>
    public Caller? Identify(HttpContext http)
    {
        var key = KeyIn(http.Request.Headers, out var header);
        if (key.Length is 0 or > 512) return null;
        var client = http.Connection.RemoteIpAddress;
        if (hashes.Find(header!) is { } known) return Find(known, client);
        var hash = HashOf(key);
        if (Find(hash, client) is not { } caller) return null;
        hashes.Add(header!, hash);
        return caller;
    }

    /// <summary>Whether the request has a key, valid or not.</summary>
    public static bool IsSent(IHeaderDictionary headers) => !KeyIn(headers, out _).IsEmpty;

    public Caller? Find(ReadOnlySpan<char> key, IPAddress? client) => Find(HashOf(key), client);

    /// <param name="hash">SHA-256 of the key.</param>
    public Caller? Find(ReadOnlySpan<byte> hash, IPAddress? client) => Find(KeyHash.Of(hash), client);

    public Caller? Find(long id, IPAddress? client) =>
        byId.TryGetValue(id, out var held) && IsGood(held.Key, client) ? held.Use() : null;

    /// <summary>Whether the key is valid, regardless of the network.</summary>
    public bool IsGood(long id) => byId.TryGetValue(id, out var held) && IsGood(held.Key);

    /// <summary>When the key expires; null if it does not, or is unknown.</summary>
    public DateTimeOffset? EndOf(long id) => byId.GetValueOrDefault(id)?.Key.ExpiresAt;

    /// <summary>The keys that were used since the last call.</summary>
    public IReadOnlyList<long> TakeUsed()
    {
        var used = new List<long>();
        foreach (var (_, held) in keys)
            if (held.TakeUsed()) used.Add(held.Key.Id);
        return used;
    }

    private Caller? Find(KeyHash hash, IPAddress? client) =>
        keys.TryGetValue(hash, out var held) && IsGood(held.Key, client) ? held.Use() : null;

    private static KeyHash HashOf(ReadOnlySpan<char> key)
    {
        Span<byte> text = stackalloc byte[2048];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(key, text)], hash);
        return KeyHash.Of(hash);
    }

    private bool IsGood(ApiKey key, IPAddress? client) => IsGood(key) && KeyNetworks.Allow(key.Networks, client);

    private bool IsGood(ApiKey key) =>
        (key.ExpiresAt is not { } end || clock.GetUtcNow() < end) && !accounts.IsSuspended(key.Account);

    /// <param name="header">The header that contains the key.</param>
    private static ReadOnlySpan<char> KeyIn(IHeaderDictionary headers, out string? header)
    {
        header = headers.Authorization;
        if (TryRead(header, "Bearer ", out var key) || TryRead(header, "Key ", out key)) return key;
        header = headers["Authentication"];
        if (TryRead(header, "Bearer ", out key)) return key;
        return header = headers["Ocp-Apim-Subscription-Key"];
    }

    private static bool TryRead(string? header, string scheme, out ReadOnlySpan<char> key)
    {
        var isOfScheme = header is not null && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
        key = isOfScheme ? header.AsSpan(scheme.Length).Trim() : default;
        return isOfScheme;
    }

    private sealed class Held(ApiKey key)
    {
        private readonly Caller caller = new(key.Id, key.Name, key.Account, key.Scopes);
        private volatile bool used;

        public ApiKey Key => key;

        public Caller Use()
        {
            // Read before the write, because writing a shared cache line on every request is slow.
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
}

/// <summary>The owner of a request's key, and its scopes.</summary>
public sealed record Caller(long Key, string KeyName, int Account, Scopes Scopes)
{
    public bool May(Scopes scope) => (Scopes & scope) == scope;
}

/// <summary>A SHA-256 as a dictionary key. It needs no comparison in constant time, because hashes cannot be chosen.</summary>
internal readonly record struct KeyHash(ulong A, ulong B, ulong C, ulong D)
{
    public static KeyHash Of(ReadOnlySpan<byte> hash) => MemoryMarshal.Read<KeyHash>(hash);
}
