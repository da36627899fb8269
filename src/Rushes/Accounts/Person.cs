using System.Security.Cryptography;
using System.Text;

namespace Rushes.Accounts;

/// <summary>A person who signed in to the console at an identity provider.</summary>
/// <param name="Id">From <see cref="IdOf"/>; stays the same when the person is renamed.</param>
/// <param name="Name">For people.</param>
/// <param name="Account">The name of the account that the first sign-in creates.</param>
/// <param name="MayJoin">The first sign-in may use an account with that name that exists already.</param>
/// <param name="Scopes">What the person's groups allow now; none: the person may not sign in.</param>
public sealed record Person(byte[] Id, string Name, string Account, bool MayJoin, Scopes Scopes)
{
    /// <summary>Begins the names of people's keys, so that none has the name of the first key.</summary>
    private const string KeyPrefix = "sign-in of ";

    /// <summary>The name of the person's key.</summary>
    public string KeyName => Excerpt.Start(KeyPrefix + Name, AccountNames.MaxLength).ToString();

    /// <param name="issuer">The address of the provider, which has no line breaks.</param>
    /// <param name="subject">The provider's id of the person, which no other person gets.</param>
    public static byte[] IdOf(string issuer, string subject) => SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{subject}"));
}

/// <summary>The result of a person's sign-in.</summary>
public abstract record SignInOutcome
{
    private SignInOutcome() { }

    /// <param name="Key">The person's key, with the scopes that the person has now.</param>
    public sealed record SignedIn(ApiKey Key) : SignInOutcome;

    /// <summary>No group of the person may sign in. Sessions that were open have ended.</summary>
    public sealed record NotAllowed : SignInOutcome;

    /// <summary>An operator revoked the person's key.</summary>
    public sealed record Revoked : SignInOutcome;

    /// <summary>The person is new, and the account exists already.</summary>
    public sealed record AccountExists : SignInOutcome;
}
