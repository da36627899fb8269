using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>Every key that is good now, by hash, in memory: checking one costs no SQL.</summary>
public sealed class KeyRing(AccountDirectory accounts, TimeProvider clock)
{
    private readonly ConcurrentDictionary<KeyHash, Held> keys = [];
    private readonly ConcurrentDictionary<long, Held> byId = [];

    /// <summary>Takes a key as it is now: a good one, or one that was revoked.</summary>
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
    /// Whose key the request carries: <c>Authorization</c> (Bearer or Key), <c>Authentication: Bearer</c> or
    /// <c>Ocp-Apim-Subscription-Key</c>. Null: none, or one that is not good now, or not from there.
    /// </summary>
    public Caller? Identify(HttpContext http) => Identify(http.Request.Headers, http.Connection.RemoteIpAddress);

    /// <summary>Whether there is a key at all, good or not.</summary>
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

    /// <summary>Wherever it is used from.</summary>
    public bool IsGood(long id) => byId.TryGetValue(id, out var held) && IsGood(held.Key);

    /// <summary>When the key expires; null: it does not, or is not known.</summary>
    public DateTimeOffset? EndOf(long id) => byId.GetValueOrDefault(id)?.Key.ExpiresAt;

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
}

/// <summary>Who asks, and what their key allows.</summary>
public sealed record Caller(long Key, string KeyName, int Account, Scopes Scopes)
{
    public bool May(Scopes scope) => (Scopes & scope) == scope;
}
