namespace Rushes.Accounts;

/// <summary>Something that someone with power did. Kept for good.</summary>
/// <param name="Actor">Who: <c>key 12</c>, or <c>system</c>.</param>
/// <param name="Action">What, in two words: <c>key revoked</c>.</param>
/// <param name="Subject">To what: <c>account 3</c>, <c>key 7</c>, <c>job 21</c>.</param>
/// <param name="Detail">A JSON object: what changed. Never a key, a prompt or media.</param>
public sealed record AuditEntry(string Actor, string Action, string Subject, string Detail)
{
    public const string System = "system";

    /// <summary>Bigger is later; 0 until it is stored.</summary>
    public long Id { get; init; }

    public DateTimeOffset At { get; init; }
}
