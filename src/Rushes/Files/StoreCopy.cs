using System.Security.Cryptography;

namespace Rushes.Files;

/// <summary>
/// Copies the files of one store to another, reads each copy back and compares its size and SHA-256. Verified copies are
/// skipped, so it can be stopped and run again; files may be added and deleted meanwhile.
/// </summary>
/// <param name="folder">For one temporary file per concurrent copy.</param>
public sealed class StoreCopy(IFileStore from, IFileStore to, CopyJournal journal, string folder)
{
    private const int AtOnce = 4;

    /// <summary>The number of files, including those already copied, and their bytes.</summary>
    public async Task<(long Files, long Bytes)> CountAsync(CancellationToken cancel)
    {
        long files = 0, bytes = 0;
        await foreach (var file in from.ListAsync("", cancel)) (files, bytes) = (files + 1, bytes + file.Bytes);
        return (files, bytes);
    }

    /// <param name="done">Called for each file, on several threads.</param>
    /// <exception cref="IOException">A store failed, or a copy differs from the original. Copied files are kept.</exception>
    public async Task RunAsync(Action<StoredFile, Copied> done, CancellationToken cancel)
    {
        var there = new Dictionary<string, long>();
        await foreach (var file in to.ListAsync("", cancel)) there[file.Key] = file.Bytes;
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel };
        await Parallel.ForEachAsync(from.ListAsync("", cancel), atOnce, async (file, stop) =>
        {
            var sameSize = there.GetValueOrDefault(file.Key, -1) == file.Bytes;
            done(file, sameSize && journal.Holds(file) ? Copied.Before : await CopyAsync(file, sameSize, stop));
        });
    }

    private async Task<Copied> CopyAsync(StoredFile file, bool sameSize, CancellationToken cancel)
    {
        var path = new Folder(folder).NewFile();
        try
        {
            if (await ReadAsync(file.Key, path, cancel) is not { } hash) return Copied.Missing;
            if (sameSize && await HashAsync(file.Key, cancel) == hash)
            {
                journal.Add(file);
                return Copied.Before;
            }
            await to.PutAsync(file.Key, path, FileKey.ContentTypeOf(file.Key), cancel);
            if (await HashAsync(file.Key, cancel) != hash)
                throw new IOException($"{file.Key} was copied, but what is read back differs; run it again.");
            journal.Add(file);
            return Copied.Now;
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>
    /// Null if it was deleted meanwhile. A copy and not a hard link, because storing it may change its times.
    /// </summary>
    private async Task<string?> ReadAsync(string key, string path, CancellationToken cancel)
    {
        await using var content = await from.OpenAsync(key, cancel);
        if (content is null) return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = new FileStream(
            path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
        var buffer = new byte[128 << 10];
        int count;
        while ((count = await content.ReadAsync(buffer, cancel)) > 0)
        {
            hash.AppendData(buffer, 0, count);
            await file.WriteAsync(buffer.AsMemory(0, count), cancel);
        }
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private async Task<string?> HashAsync(string key, CancellationToken cancel)
    {
        await using var content = await to.OpenAsync(key, cancel);
        return content is null ? null : Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel));
    }
}

public enum Copied
{
    Now,

    /// <summary>Copied by an earlier run.</summary>
    Before,

    /// <summary>Deleted before it could be copied.</summary>
    Missing,
}
