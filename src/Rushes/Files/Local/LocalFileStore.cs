using System.Globalization;
using System.Runtime.CompilerServices;

namespace Rushes.Files.Local;

/// <summary>
/// Files in a folder of this machine, in one bucket. Presigned URLs are signed with the store's own secret and checked by
/// Verify. Files are never changed in place: each put creates a new file and renames it.
/// </summary>
/// <param name="root">Contains the files under the bucket's name, and unfinished uploads under <c>.incoming</c>.</param>
/// <param name="secret">32 random bytes; presigned URLs are valid as long as it does not change.</param>
public sealed class LocalFileStore(string root, string bucket, byte[] secret, TimeProvider clock) : IFileStore
{
    private readonly SigV4 signer = new("rushes", Convert.ToHexStringLower(secret));
    private readonly Folder files = new Folder(root).Sub(bucket, allowLink: true).Create();
    private readonly Lock putLock = new();
    private long lastTicks;

    public string Bucket => bucket;

    /// <summary>
    /// A folder on the store's volume for files that will be stored, so that they are renamed and not copied.
    /// </summary>
    public Folder Incoming { get; } = new Folder(root).Sub(".incoming", allowLink: true).Create();

    /// <summary>The content type is that of the extension; another one is not stored.</summary>
    /// <exception cref="ArgumentException">The key is not valid.</exception>
    public Task<StoredFile> PutAsync(string key, string path, string contentType, CancellationToken cancel) => Task.Run(
        () =>
        {
            if (!FileKey.IsValid(key)) throw new ArgumentException($"'{key}' is no valid key.", nameof(key));
            var target = PathOf(key);
            // Through the incoming folder, because a move between volumes is a copy, which must not be visible until it is
            // complete.
            var arrived = Incoming.NewFile();
            File.Move(path, arrived);
            // A program may have made it readable for others.
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(arrived, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Disk.CreateFolder(Path.GetDirectoryName(target)!);
            var modified = NextTime();
            File.SetLastWriteTimeUtc(arrived, modified.UtcDateTime);
            Disk.FlushFile(arrived);
            var bytes = new FileInfo(arrived).Length;
            File.Move(arrived, target, overwrite: true);
            Disk.FlushFolder(Path.GetDirectoryName(target)!);
            return Describe(key, bytes, modified.UtcDateTime);
        },
        cancel);

    public Task<StoredFile?> FindAsync(string key, CancellationToken cancel)
    {
        if (!FileKey.IsValid(key)) return Task.FromResult<StoredFile?>(null);
        var file = new FileInfo(PathOf(key));
        return Task.FromResult(file.Exists ? Describe(key, file.Length, file.LastWriteTimeUtc) : null);
    }

    public Task<Stream?> OpenAsync(string key, CancellationToken cancel) => Task.FromResult<Stream?>(Open(key)?.Content);

    /// <summary>A copy, because an engine's program may write to its input.</summary>
    public Task<bool> FetchAsync(string key, string path, CancellationToken cancel) => Task.Run(
        () =>
        {
            if (!FileKey.IsValid(key) || !File.Exists(PathOf(key))) return false;
            try
            {
                File.Copy(PathOf(key), path);
                return true;
            }
            catch (FileNotFoundException)
            {
                return false;
            }
        },
        cancel);

    public Task DeleteAsync(string key, CancellationToken cancel)
    {
        // Delete ignores a missing file but not a missing folder.
        if (FileKey.IsValid(key) && File.Exists(PathOf(key))) File.Delete(PathOf(key));
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<StoredFile> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancel)
    {
        var start = new DirectoryInfo(folder.Length == 0 ? files.FullPath : files.Below(folder.TrimEnd('/'), allowLinks: true));
        if (!start.Exists) yield break;
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None };
        foreach (var file in start.EnumerateFiles("*", all))
        {
            // Listing a large folder takes a while without another chance to cancel.
            cancel.ThrowIfCancellationRequested();
            await Task.Yield();
            if (DescribeOrNull(file) is { } found) yield return found;
        }
    }

    /// <summary>Null if the file was deleted since it was listed.</summary>
    private StoredFile? DescribeOrNull(FileInfo file)
    {
        try
        {
            return Describe(Path.GetRelativePath(files.FullPath, file.FullName), file.Length, file.LastWriteTimeUtc);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public Task<int> DropUnfinishedAsync(DateTimeOffset before, CancellationToken cancel) => Task.Run(
        () =>
        {
            var dropped = 0;
            var incoming = new DirectoryInfo(Incoming.FullPath).EnumerateFiles();
            foreach (var file in incoming.Where(file => file.LastWriteTimeUtc < before.UtcDateTime))
            {
                cancel.ThrowIfCancellationRequested();
                file.Delete();
                dropped++;
            }
            return dropped;
        },
        cancel);

    /// <exception cref="ArgumentException">The key is not valid.</exception>
    public Uri Presign(string method, string key, TimeSpan lifetime, Uri origin)
    {
        if (!FileKey.IsValid(key)) throw new ArgumentException($"'{key}' is no valid key.", nameof(key));
        var path = $"/{bucket}/{key}";
        var query = signer.Presign(method, origin.Authority, path, lifetime, clock.GetUtcNow());
        return new Uri($"{origin.GetLeftPart(UriPartial.Authority)}{SigV4.EncodePath(path)}?{query}");
    }

    public string? KeyOf(Uri link)
    {
        var path = Uri.UnescapeDataString(link.AbsolutePath);
        var start = $"/{bucket}/";
        return path.StartsWith(start, StringComparison.Ordinal)
            && Verify("GET", link.Authority, path, link.Query) == LinkCheck.Good
            ? path[start.Length..]
            : null;
    }

    /// <summary>Checks a presigned URL, as the server received it.</summary>
    public LinkCheck Verify(string method, string host, string path, string query) =>
        signer.Verify(method, host, path, query, clock.GetUtcNow());

    /// <summary>The current file and its content, consistent even if the file is replaced meanwhile.</summary>
    public (StoredFile File, FileStream Content)? Open(string key)
    {
        if (!FileKey.IsValid(key)) return null;
        try
        {
            var content = new FileStream(PathOf(key), new FileStreamOptions
            {
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            });
            return (Describe(key, content.Length, File.GetLastWriteTimeUtc(content.SafeFileHandle)), content);
        }
        catch (Exception missing)
            when (missing is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            // An IOException here means that the key is a folder.
            return null;
        }
    }

    private string PathOf(string key) => files.Below(key, allowLinks: true);

    /// <summary>
    /// The current time, but later than every earlier one, so that two files stored under one key never have the same tag,
    /// which needs only what the disk stores.
    /// </summary>
    private DateTimeOffset NextTime()
    {
        lock (putLock)
        {
            lastTicks = Math.Max(lastTicks + 1, clock.GetUtcNow().UtcTicks);
            return new DateTimeOffset(lastTicks, TimeSpan.Zero);
        }
    }

    private static StoredFile Describe(string key, long bytes, DateTime modified) => new(
        key, bytes, FileKey.ContentTypeOf(key), string.Create(CultureInfo.InvariantCulture, $"{modified.Ticks:x}-{bytes:x}"),
        new DateTimeOffset(modified, TimeSpan.Zero));
}
