namespace Rushes.Accounts;

/// <summary>The result of revoking a key.</summary>
public abstract record RevokeOutcome
{
    private RevokeOutcome() { }

    /// <summary>Now or earlier.</summary>
    public sealed record Revoked(ApiKey Key) : RevokeOutcome;

    public sealed record Unknown : RevokeOutcome;

    /// <summary>It is the only valid key with the scope admin.</summary>
    public sealed record LastAdmin : RevokeOutcome;
}
