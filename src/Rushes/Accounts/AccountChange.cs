namespace Rushes.Accounts;

/// <summary>What is to become of an account; what is null stays.</summary>
public sealed record AccountChange(string? Name, string? Plan, bool? Suspended);

/// <summary>What became of an <see cref="AccountChange"/>.</summary>
public abstract record AccountOutcome
{
    private AccountOutcome() { }

    public sealed record Changed(Account Account) : AccountOutcome;

    /// <summary>Another account has that name.</summary>
    public sealed record NameTaken : AccountOutcome;

    public sealed record Unknown : AccountOutcome;
}
