using System.Collections.Concurrent;
using System.Security.Cryptography;
using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>
/// Codes that sign a browser in once, as a key would. <c>rushes serve</c> prints one in a link to the console. They are random,
/// so they need no limit on guesses, and only this process knows them.
/// </summary>
internal sealed class SignInCodes(TimeProvider clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    /// <summary>The header that a browser sends the code in. Other origins' pages cannot send it.</summary>
    public const string Header = "X-Rushes-Sign-In";

    private readonly ConcurrentDictionary<KeyHash, (long Key, DateTimeOffset ExpiresAt)> codes = [];

    /// <param name="key">The id of the key that the browser is signed in with.</param>
    public string Make(long key)
    {
        var code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        codes[KeyHash.Of(ApiKey.HashOf(code))] = (key, clock.GetUtcNow() + Life);
        return code;
    }

    /// <returns>The id of the key; null if the code is unknown, expired, or was used before.</returns>
    public long? Take(string code) =>
        codes.TryRemove(KeyHash.Of(ApiKey.HashOf(code)), out var held) && clock.GetUtcNow() < held.ExpiresAt ? held.Key : null;
}
