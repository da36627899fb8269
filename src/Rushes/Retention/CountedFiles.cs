using Rushes.Database;
using Rushes.Files;

namespace Rushes.Retention;

/// <summary>
/// A file store that counts the files of each account in the counts. A file is counted before it is stored and uncounted
/// after it is deleted, so a killed process can only leave too much counted. <see cref="FileRecount"/> corrects that.
/// </summary>
public sealed class CountedFiles(IFileStore files, IFileCounts counts) : IFileStore, IDisposable
{
    public string Bucket => files.Bucket;

    public async Task<StoredFile> PutAsync(string key, string path, string contentType, CancellationToken cancel)
    {
        if (FileOwner.AccountOf(key) is { } account)
            await counts.CountFilesAsync([new CountedFile(key, account, new FileInfo(path).Length)], cancel);
        return await files.PutAsync(key, path, contentType, cancel);
    }

    public async Task DeleteAsync(string key, CancellationToken cancel)
    {
        await files.DeleteAsync(key, cancel);
        if (FileOwner.AccountOf(key) is not null) await counts.UncountFilesAsync([key], cancel);
    }

    public Task<StoredFile?> FindAsync(string key, CancellationToken cancel) => files.FindAsync(key, cancel);

    public Task<Stream?> OpenAsync(string key, CancellationToken cancel) => files.OpenAsync(key, cancel);

    public Task<bool> FetchAsync(string key, string path, CancellationToken cancel) => files.FetchAsync(key, path, cancel);

    public IAsyncEnumerable<StoredFile> ListAsync(string folder, CancellationToken cancel) => files.ListAsync(folder, cancel);

    public Task<int> DropUnfinishedAsync(DateTimeOffset before, CancellationToken cancel) =>
        files.DropUnfinishedAsync(before, cancel);

    public Uri Presign(string method, string key, TimeSpan lifetime, Uri origin) => files.Presign(method, key, lifetime, origin);

    public string? KeyOf(Uri link) => files.KeyOf(link);

    public void Dispose() => (files as IDisposable)?.Dispose();
}
