namespace Rushes.Files;

/// <summary>
/// Inputs and results by key, in one bucket. What <see cref="PutAsync"/> returned from survives a power cut.
/// It does not know jobs, accounts or HTTP requests. What a store elsewhere could not do after trying for a while is a
/// <see cref="StoreUnavailableException"/>.
/// </summary>
public interface IFileStore
{
    /// <summary>The bucket's name, the first part of <c>s3://bucket/key</c>.</summary>
    string Bucket { get; }

    /// <summary>
    /// Takes the file at <paramref name="path"/> in under <paramref name="key"/>; the file at path may be moved away.
    /// </summary>
    Task<StoredFile> PutAsync(string key, string path, string contentType, CancellationToken cancel);

    /// <summary>Null when there is none.</summary>
    Task<StoredFile?> FindAsync(string key, CancellationToken cancel);

    /// <summary>Opens a seekable or forward-only stream; null when there is none.</summary>
    Task<Stream?> OpenAsync(string key, CancellationToken cancel);

    /// <summary>
    /// Puts the content at <paramref name="path"/> (which must not exist) for a program to read. False: there is none.
    /// </summary>
    Task<bool> FetchAsync(string key, string path, CancellationToken cancel);

    Task DeleteAsync(string key, CancellationToken cancel);

    /// <summary>
    /// The files below a folder, in no order, as they are come upon: what is put or deleted meanwhile may be among them or not.
    /// </summary>
    /// <param name="folder">The beginning of the keys up to and with a slash; empty for all files.</param>
    IAsyncEnumerable<StoredFile> ListAsync(string folder, CancellationToken cancel);

    /// <summary>
    /// Removes what puts left that began before a time and never ended, as when their process was killed. Returns how many.
    /// </summary>
    Task<int> DropUnfinishedAsync(DateTimeOffset before, CancellationToken cancel);

    /// <summary>
    /// A link that needs no key, for <paramref name="lifetime"/>, in AWS Signature V4's query form.
    /// <paramref name="origin"/> is the scheme and host the caller reached us by; a store with an address of its own ignores it.
    /// </summary>
    Uri Presign(string method, string key, TimeSpan lifetime, Uri origin);

    /// <summary>
    /// The key that a link of <see cref="Presign"/> for GET leads to, while it is good; null for any other address.
    /// </summary>
    string? KeyOf(Uri link);
}

/// <param name="ContentType">In a list what the key's extension stands for.</param>
/// <param name="Tag">A strong ETag without quotes: changes with the content.</param>
public sealed record StoredFile(string Key, long Bytes, string ContentType, string Tag, DateTimeOffset ModifiedAt);
