namespace Rushes.Database;

/// <summary>What is too old. Null: nothing of its kind.</summary>
/// <param name="Limit">Rows of each kind at most: the writer is everyone's.</param>
public sealed record PruneRequest(int Limit)
{
    /// <summary>
    /// Jobs that ended by then, with their deliveries and idempotency keys. One with a delivery that is still under way
    /// stays until that ended.
    /// </summary>
    public DateTimeOffset? Jobs { get; init; }

    /// <summary>Deliveries that ended by then, with their tries.</summary>
    public DateTimeOffset? Deliveries { get; init; }

    /// <summary>Idempotency keys that were first used by then.</summary>
    public DateTimeOffset? Keys { get; init; }
}
