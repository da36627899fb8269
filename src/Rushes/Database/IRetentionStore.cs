namespace Rushes.Database;

/// <summary>
/// The removal of what is too old. All of it may be done twice, or by two gateways at once, without harm. The ledger and the
/// audit stay.
/// </summary>
public interface IRetentionStore
{
    /// <summary>
    /// Gives a duty to one of all gateways that ask: nobody else gets it before <paramref name="until"/>, however it went.
    /// False: it was given to somebody before.
    /// </summary>
    Task<bool> TakeDutyAsync(string duty, DateTimeOffset until, CancellationToken cancel);

    /// <summary>
    /// Removes one batch of what is too old, the oldest first. Returns how many rows went; 0 when there are no more.
    /// </summary>
    Task<int> PruneAsync(PruneRequest request, CancellationToken cancel);

    /// <summary>What these jobs have in the file store; those that there are, in any order.</summary>
    Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<long> jobs, CancellationToken cancel);

    /// <summary>The same for the jobs that these sets of inputs are of.</summary>
    Task<IReadOnlyList<JobFiles>> ReadFilesAsync(IReadOnlyCollection<string> inputSets, CancellationToken cancel);
}
