using System.Security.Cryptography;
using System.Text;
using Rushes.Database;
using Rushes.Files;

namespace Rushes.Retention;

/// <summary>
/// Corrects the counts of stored files: adds stored files that are not counted, and removes counted files that are not stored.
/// A process that is killed can leave either.
/// </summary>
public sealed class FileRecount(IFileCounts counts, IFileStore files, TimeProvider clock)
{
    private const int AtOnce = 500;

    /// <summary>
    /// Files that were counted or stored later than this are skipped: they are counted before they are stored, which takes time,
    /// and they may have been replaced or deleted since they were listed.
    /// </summary>
    private static readonly TimeSpan MaxPutTime = TimeSpan.FromHours(1);

    public async Task RunAsync(CancellationToken cancel)
    {
        var before = clock.GetUtcNow() - MaxPutTime;
        var stored = await CountAsync(before, cancel);
        await UncountAsync(stored, before, cancel);
    }

    /// <summary>Counts the stored files. Returns hashes of their keys, which need less memory than the keys.</summary>
    private async Task<HashSet<long>> CountAsync(DateTimeOffset before, CancellationToken cancel)
    {
        var stored = new HashSet<long>();
        var page = new List<CountedFile>(AtOnce);
        await foreach (var file in files.ListAsync("", cancel))
        {
            if (FileOwner.AccountOf(file.Key) is not { } account) continue;
            stored.Add(HashOf(file.Key));
            if (file.ModifiedAt >= before) continue;
            page.Add(new CountedFile(file.Key, account, file.Bytes));
            if (page.Count < AtOnce) continue;
            await counts.CorrectFilesAsync(page, before, cancel);
            page.Clear();
        }
        if (page.Count > 0) await counts.CorrectFilesAsync(page, before, cancel);
        return stored;
    }

    private async Task UncountAsync(HashSet<long> stored, DateTimeOffset before, CancellationToken cancel)
    {
        for (var after = "";
            await counts.ReadCountedKeysAsync(after, before, AtOnce, cancel) is { Count: > 0 } keys;
            after = keys[^1])
        {
            var missing = new List<string>();
            foreach (var key in keys)
                if (!stored.Contains(HashOf(key)) && await files.FindAsync(key, cancel) is null) missing.Add(key);
            if (missing.Count > 0) await counts.UncountFilesAsync(missing, cancel);
        }
    }

    private static long HashOf(string key) => BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
