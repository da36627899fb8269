namespace Rushes.Accounts;

/// <summary>The new values of an account; null leaves a value unchanged.</summary>
public sealed record AccountChange(string? Name, string? Plan, bool? Suspended);

/// <summary>The result of an <see cref="AccountChange"/>.</summary>
public abstract record AccountOutcome
{
    private AccountOutcome() { }

    public sealed record Changed(Account Account) : AccountOutcome;

    /// <summary>Another account has that name.</summary>
    public sealed record NameTaken : AccountOutcome;

    public sealed record Unknown : AccountOutcome;
}
