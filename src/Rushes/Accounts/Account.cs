namespace Rushes.Accounts;

/// <summary>The owner of jobs, files, keys and credit.</summary>
/// <param name="Name">1 to 100 characters, unique.</param>
/// <param name="Plan">The name of its account plan in the catalog.</param>
/// <param name="Suspended">All of its keys are invalid. Its queued jobs continue.</param>
public sealed record Account(int Id, string Name, string Plan, bool Suspended, DateTimeOffset CreatedAt)
{
    /// <summary>The plan of new accounts.</summary>
    public const string DefaultPlan = Catalog.Plan.Default;

    /// <summary>
    /// Where webhooks go of jobs whose request names no URL, in APIs that have such a default; null if there is none.
    /// </summary>
    public string? WebhookUrl { get; init; }
}

/// <summary>The new values of an account; null leaves a value unchanged.</summary>
public sealed record AccountChange(string? Name, string? Plan, bool? Suspended)
{
    /// <summary>An empty text removes it.</summary>
    public string? WebhookUrl { get; init; }
}

/// <summary>The result of an <see cref="AccountChange"/>.</summary>
public abstract record AccountOutcome
{
    private AccountOutcome() { }

    public sealed record Changed(Account Account) : AccountOutcome;

    /// <summary>Another account has that name.</summary>
    public sealed record NameTaken : AccountOutcome;

    public sealed record Unknown : AccountOutcome;

    /// <summary>The change would leave no valid key with the scope admin.</summary>
    public sealed record LastAdmin : AccountOutcome;
}
