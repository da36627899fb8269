namespace Rushes.Database;

/// <summary>What to delete; null: nothing of its kind.</summary>
/// <param name="Limit">The maximum number of rows of each kind, to keep the writer available.</param>
public sealed record PruneRequest(int Limit)
{
    /// <summary>
    /// Jobs that ended by then, with their deliveries and idempotency keys. Jobs with a pending delivery are kept.
    /// </summary>
    public DateTimeOffset? Jobs { get; init; }

    /// <summary>Deliveries that ended by then, with their attempts.</summary>
    public DateTimeOffset? Deliveries { get; init; }

    /// <summary>Idempotency keys that were first used by then.</summary>
    public DateTimeOffset? Keys { get; init; }
}
