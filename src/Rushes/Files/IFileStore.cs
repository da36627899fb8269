namespace Rushes.Files;

/// <summary>
/// Stored files by key, in one bucket. A file survives a power failure once <see cref="PutAsync"/> has returned. An operation
/// that a remote store cannot complete after retries throws a <see cref="StoreUnavailableException"/>.
/// </summary>
public interface IFileStore
{
    /// <summary>The bucket's name, the first part of <c>s3://bucket/key</c>.</summary>
    string Bucket { get; }

    /// <summary>Stores the file at <paramref name="path"/> under <paramref name="key"/>; the file may be moved.</summary>
    Task<StoredFile> PutAsync(string key, string path, string contentType, CancellationToken cancel);

    /// <summary>Returns null if there is none.</summary>
    Task<StoredFile?> FindAsync(string key, CancellationToken cancel);

    /// <summary>Opens a stream, seekable or forward-only; null if there is no such file.</summary>
    Task<Stream?> OpenAsync(string key, CancellationToken cancel);

    /// <summary>
    /// Copies the content to <paramref name="path"/>, which must not exist, for a program to read. Returns false if there is
    /// no such file.
    /// </summary>
    Task<bool> FetchAsync(string key, string path, CancellationToken cancel);

    Task DeleteAsync(string key, CancellationToken cancel);

    /// <summary>The files in a folder, in any order. Files that are stored or deleted meanwhile may be missing.</summary>
    /// <param name="folder">A prefix of the keys that ends with a slash; empty for all files.</param>
    IAsyncEnumerable<StoredFile> ListAsync(string folder, CancellationToken cancel);

    /// <summary>
    /// Deletes uploads that started before a time and never finished, for example because their process was killed. Returns
    /// how many.
    /// </summary>
    Task<int> DropUnfinishedAsync(DateTimeOffset before, CancellationToken cancel);

    /// <summary>
    /// A presigned URL in the query format of AWS Signature V4, valid for <paramref name="lifetime"/>. <paramref
    /// name="origin"/> is the scheme and host that the caller used; a store with its own address ignores it.
    /// </summary>
    Uri Presign(string method, string key, TimeSpan lifetime, Uri origin);

    /// <summary>The key of a valid URL from <see cref="Presign"/> for GET; null for any other URL.</summary>
    string? KeyOf(Uri link);
}

/// <param name="ContentType">In a list, the type by the extension.</param>
/// <param name="Tag">A strong ETag without quotes, which changes with the content.</param>
public sealed record StoredFile(string Key, long Bytes, string ContentType, string Tag, DateTimeOffset ModifiedAt);

/// <summary>
/// The store could not complete an operation despite retries. Nothing was stored; the operation may be retried later.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
