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
    public Caller? Identify(HttpContext http) => Identify(http.Request.Headers, http.Connection.RemoteIpAddress);

    /// <summary>Whether the request has a key, valid or not.</summary>
    public static bool IsSent(IHeaderDictionary headers) => KeyIn(headers) is { Length: > 0 };

    public Caller? Find(ReadOnlySpan<char> key, IPAddress? client)
    {
        Span<byte> text = stackalloc byte[2048];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(key, text)], hash);
        return Find(hash, client);
    }

    /// <param name="hash">SHA-256 of the key.</param>
    public Caller? Find(ReadOnlySpan<byte> hash, IPAddress? client) =>
        keys.TryGetValue(KeyHash.Of(hash), out var held) && IsGood(held.Key, client) ? held.Use() : null;

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

    private Caller? Identify(IHeaderDictionary headers, IPAddress? client) =>
        KeyIn(headers) is { Length: > 0 and <= 512 } key ? Find(key, client) : null;

    private bool IsGood(ApiKey key, IPAddress? client) => IsGood(key) && KeyNetworks.Allow(key.Networks, client);

    private bool IsGood(ApiKey key) =>
        (key.ExpiresAt is not { } end || clock.GetUtcNow() < end) && !accounts.IsSuspended(key.Account);

    private static string? KeyIn(IHeaderDictionary headers) =>
        After(headers.Authorization, "Bearer ") ?? After(headers.Authorization, "Key ")
        ?? After(headers["Authentication"], "Bearer ") ?? headers["Ocp-Apim-Subscription-Key"];

    private static string? After(string? header, string scheme) =>
        header is not null && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? header[scheme.Length..].Trim()
            : null;

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
