using System.Security.Cryptography;

namespace Rushes.Files;

/// <summary>
/// Copies the files of one store to another, reads each copy back and holds it against its original by size and SHA-256.
/// Copies that were held so before are left alone, so that it can be stopped and run again; files may come and go meanwhile.
/// </summary>
/// <param name="folder">For one file of each copy under way.</param>
public sealed class StoreCopy(IFileStore from, IFileStore to, CopyJournal journal, string folder)
{
    private const int AtOnce = 4;

    /// <summary>How many files there are to copy or to leave alone, and their bytes.</summary>
    public async Task<(long Files, long Bytes)> CountAsync(CancellationToken cancel)
    {
        long files = 0, bytes = 0;
        await foreach (var file in from.ListAsync("", cancel)) (files, bytes) = (files + 1, bytes + file.Bytes);
        return (files, bytes);
    }

    /// <param name="done">Told of each file, from several threads.</param>
    /// <exception cref="IOException">A store failed, or a copy is not what its original is; what is copied by then
    /// stays.</exception>
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
            if (await ReadAsync(file.Key, path, cancel) is not { } hash) return Copied.Gone;
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

    /// <summary>Null: it was deleted meanwhile. A copy and no link: whoever puts it may change its times.</summary>
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

    /// <summary>An earlier run copied it.</summary>
    Before,

    /// <summary>It was deleted before it could be copied.</summary>
    Gone,
}
