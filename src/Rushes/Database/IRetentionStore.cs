namespace Rushes.Database;

/// <summary>
/// Deletes old rows. All operations may be repeated, or run on two gateways at once. The ledger and the audit log are kept.
/// </summary>
public interface IRetentionStore
{
    /// <summary>
    /// Assigns a duty to one of the gateways that request it, until <paramref name="until"/>. Returns false if another
    /// gateway has it.
    /// </summary>
    Task<bool> TakeDutyAsync(string duty, DateTimeOffset until, CancellationToken cancel);

    /// <summary>
    /// Deletes one batch of old rows, oldest first. Returns how many rows were deleted; 0 if none are left.
    /// </summary>
    Task<int> PruneAsync(PruneRequest request, CancellationToken cancel);

    /// <summary>The stored files of these jobs, in any order. Jobs that do not exist are left out.</summary>
    Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<long> jobs, CancellationToken cancel);

    /// <summary>The stored files of the jobs that own these input sets.</summary>
    Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<string> inputSets, CancellationToken cancel);
}

/// <summary>The stored files of a job.</summary>
/// <param name="InputSet">Identifies its input files; null if it has none.</param>
/// <param name="EndedAt">Null while the job is unfinished and may write more files.</param>
public sealed record JobFiles(long Id, string? InputSet, string? ResultKey, string? DraftKey, DateTimeOffset? EndedAt);

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
