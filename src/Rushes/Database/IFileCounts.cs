namespace Rushes.Database;

/// <summary>
/// The stored files of accounts: one row per file and the sum per account, both written in the same commit. The requests of
/// jobs are added to the sum by the commits that create and delete jobs.
/// </summary>
public interface IFileCounts
{
    /// <summary>Counts files. The size of a file that is already counted is updated.</summary>
    Task CountFilesAsync(IReadOnlyCollection<CountedFile> files, CancellationToken cancel);

    /// <summary>
    /// Counts files that were found in the store. What was counted after a time is not changed, because it may be newer than what
    /// was found.
    /// </summary>
    Task CorrectFilesAsync(IReadOnlyCollection<CountedFile> found, DateTimeOffset before, CancellationToken cancel);

    /// <summary>Removes files from the count. Keys that are not counted are ignored.</summary>
    Task UncountFilesAsync(IReadOnlyCollection<string> keys, CancellationToken cancel);

    /// <summary>Of files and requests.</summary>
    Task<long> ReadStoredBytesAsync(int account, CancellationToken cancel);

    /// <summary>By account, without accounts that never stored anything.</summary>
    Task<IReadOnlyDictionary<int, long>> ReadStoredBytesAsync(CancellationToken cancel);

    /// <summary>A page of the keys that were counted before a time, in byte order.</summary>
    /// <param name="after">The last key of the previous page; empty for the first page.</param>
    Task<IReadOnlyList<string>> ReadCountedKeysAsync(string after, DateTimeOffset before, int limit, CancellationToken cancel);
}

public sealed record CountedFile(string Key, int Account, long Bytes);
