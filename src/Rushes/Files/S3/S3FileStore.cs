using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Rushes.Files.S3;

/// <summary>Files in one bucket of an S3 server, such as AWS, R2, MinIO or Ceph.</summary>
public sealed class S3FileStore : IFileStore, IDisposable
{
    private readonly S3Options options;
    private readonly TimeProvider clock;
    private readonly S3Http http;
    private readonly AmazonS3Client client;
    private readonly S3Patience patience;
    private readonly S3Upload upload;
    private readonly S3Links links;

    private S3FileStore(S3Options options, AWSCredentials credentials, S3Http http, TimeProvider clock)
    {
        (this.options, this.http, this.clock) = (options, http, clock);
        client = new AmazonS3Client(credentials, http.Configure(options));
        patience = new S3Patience(options, clock);
        upload = new S3Upload(client, options, patience, clock);
        links = new S3Links(options, credentials, clock);
    }

    public string Bucket => options.Bucket;

    /// <summary>Opens a store after writing to its bucket and reading from it.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be used; the message has the reason and what to
    /// do.</exception>
    public static Task<S3FileStore> OpenAsync(
        S3Options options, AWSCredentials credentials, TimeProvider clock, CancellationToken cancel) =>
        OpenAsync(options, credentials, new S3Http(S3Http.Connections()), clock, cancel);

    internal static async Task<S3FileStore> OpenAsync(
        S3Options options, AWSCredentials credentials, S3Http http, TimeProvider clock, CancellationToken cancel)
    {
        var store = new S3FileStore(options, credentials, http, clock);
        try
        {
            await S3Check.RunAsync(store.client, store.patience, options, cancel);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>The file at path is kept.</summary>
    /// <exception cref="ArgumentException">The key is not valid.</exception>
    public Task<StoredFile> PutAsync(string key, string path, string contentType, CancellationToken cancel) =>
        FileKey.IsValid(key)
            ? upload.PutAsync(key, path, contentType, cancel)
            : throw new ArgumentException($"'{key}' is no valid key.", nameof(key));

    public async Task<StoredFile?> FindAsync(string key, CancellationToken cancel)
    {
        if (!FileKey.IsValid(key)) return null;
        try
        {
            var found = await patience.TryAsync(limit => client.GetObjectMetadataAsync(options.Bucket, key, limit), cancel);
            return Describe(key, found.ContentLength, found.Headers.ContentType, found.ETag, found.LastModified);
        }
        catch (AmazonS3Exception missing) when (S3Patience.IsMissing(missing))
        {
            return null;
        }
    }

    /// <summary>Forward-only; retries by itself.</summary>
    public async Task<Stream?> OpenAsync(string key, CancellationToken cancel)
    {
        if (!FileKey.IsValid(key)) return null;
        try
        {
            return await S3Reader.OpenAsync((from, tag, stop) => GetAsync(key, from, tag, stop), options.Timeout, clock, cancel);
        }
        catch (AmazonS3Exception missing) when (S3Patience.IsMissing(missing))
        {
            return null;
        }
    }

    /// <summary>Under a temporary name until it is complete.</summary>
    public async Task<bool> FetchAsync(string key, string path, CancellationToken cancel)
    {
        await using var content = await OpenAsync(key, cancel);
        if (content is null) return false;
        var part = path + ".part";
        try
        {
            await using (var file = new FileStream(
                part, FileMode.Create, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous))
                await content.CopyToAsync(file, cancel);
            File.Move(part, path);
            return true;
        }
        finally
        {
            File.Delete(part);
        }
    }

    public async Task DeleteAsync(string key, CancellationToken cancel)
    {
        if (!FileKey.IsValid(key)) return;
        try
        {
            await patience.TryAsync(limit => client.DeleteObjectAsync(options.Bucket, key, limit), cancel);
        }
        catch (AmazonS3Exception missing) when (S3Patience.IsMissing(missing))
        {
            // Some servers return an error for a missing file, others do not.
        }
    }

    public async IAsyncEnumerable<StoredFile> ListAsync(string folder, [EnumeratorCancellation] CancellationToken cancel)
    {
        string? next = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = folder, ContinuationToken = next };
            var page = await patience.TryAsync(limit => client.ListObjectsV2Async(request, limit), cancel);
            // Skip objects whose name is not a valid key.
            foreach (var found in (page.S3Objects ?? []).Where(found => FileKey.IsValid(found.Key)))
                yield return Describe(
                    found.Key, found.Size ?? 0, FileKey.ContentTypeOf(found.Key), found.ETag, found.LastModified);
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);
    }

    public Task<int> DropUnfinishedAsync(DateTimeOffset before, CancellationToken cancel) =>
        upload.DropUnfinishedAsync(before, cancel);

    /// <exception cref="ArgumentException">The key is not valid.</exception>
    public Uri Presign(string method, string key, TimeSpan lifetime, Uri origin) =>
        FileKey.IsValid(key)
            ? links.Presign(method, key, lifetime)
            : throw new ArgumentException($"'{key}' is no valid key.", nameof(key));

    public string? KeyOf(Uri link) => links.KeyOf(link);

    public void Dispose()
    {
        client.Dispose();
        http.Dispose();
    }

    internal static StoredFile Describe(string key, long bytes, string contentType, string tag, DateTime? modified) =>
        modified is { } time
            ? new(key, bytes, contentType, tag.Trim('"'), new DateTimeOffset(time.ToUniversalTime(), TimeSpan.Zero))
            : throw new StoreUnavailableException($"The server did not say when {key} was last modified.");

    private Task<GetObjectResponse> GetAsync(string key, long from, string? tag, CancellationToken cancel)
    {
        var request = new GetObjectRequest { BucketName = options.Bucket, Key = key, EtagToMatch = tag };
        if (from > 0) request.ByteRange = new ByteRange($"bytes={from}-");
        return patience.TryAsync(
            async limit =>
            {
                var answer = await client.GetObjectAsync(request, limit);
                if (from == 0 || answer.HttpStatusCode == HttpStatusCode.PartialContent) return answer;
                answer.Dispose();
                throw new IOException("The server sent the file from its beginning again.");
            },
            cancel);
    }
}
