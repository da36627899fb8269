namespace Rushes.Accounts;

/// <summary>An action of an operator. Never deleted.</summary>
/// <param name="Actor">Who did it: <c>key 12</c>, or <c>system</c>.</param>
/// <param name="Action">The action, in two words: <c>key revoked</c>.</param>
/// <param name="Subject">Its object: <c>account 3</c>, <c>key 7</c>, <c>job 21</c>.</param>
/// <param name="Detail">A JSON object with the changes. Never contains a key, a prompt or media.</param>
public sealed record AuditEntry(string Actor, string Action, string Subject, string Detail)
{
    public const string System = "system";

    /// <summary>Increases with time; 0 until it is stored.</summary>
    public long Id { get; init; }

    public DateTimeOffset At { get; init; }
}
