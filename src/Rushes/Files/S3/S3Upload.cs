using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace Rushes.Files.S3;

/// <summary>
/// Uploads files, large ones in parts. The server checks the length and MD5 of every body, so that an incomplete file is
/// never stored.
/// </summary>
internal sealed class S3Upload(AmazonS3Client client, S3Options options, S3Patience patience, TimeProvider clock)
{
    private const int MaxParts = 10_000;

    private const int PartsAtOnce = 3;

    public async Task<StoredFile> PutAsync(string key, string path, string contentType, CancellationToken cancel)
    {
        var bytes = new FileInfo(path).Length;
        return bytes > options.PartBytes
            ? await PutInPartsAsync(key, path, bytes, contentType, cancel)
            : await PutWholeAsync(key, path, bytes, contentType, cancel);
    }

    private async Task<StoredFile> PutWholeAsync(
        string key, string path, long bytes, string contentType, CancellationToken cancel)
    {
        var hash = await HashAsync(path, 0, bytes, cancel);
        var answer = await patience.TryAsync(
            bytes,
            async limit =>
            {
                // Opened for each try, because an abandoned try may still be reading.
                await using var body = Open(path, 0, bytes);
                return await client.PutObjectAsync(
                    new PutObjectRequest
                    {
                        BucketName = options.Bucket,
                        Key = key,
                        InputStream = body,
                        AutoCloseStream = false,
                        ContentType = contentType,
                        MD5Digest = hash,
                        UseChunkEncoding = false,
                        DisablePayloadSigning = IsSecure,
                        ServerSideEncryptionMethod = Encryption,
                        ServerSideEncryptionKeyManagementServiceKeyId = options.EncryptionKey,
                    },
                    limit);
            },
            cancel);
        return new StoredFile(key, bytes, contentType, answer.ETag.Trim('"'), clock.GetUtcNow());
    }

    private async Task<StoredFile> PutInPartsAsync(
        string key, string path, long bytes, string contentType, CancellationToken cancel)
    {
        var mark = Guid.NewGuid().ToString("n");
        var begun = await patience.TryAsync(
            limit =>
            {
                var request = new InitiateMultipartUploadRequest
                {
                    BucketName = options.Bucket,
                    Key = key,
                    ContentType = contentType,
                    ServerSideEncryptionMethod = Encryption,
                    ServerSideEncryptionKeyManagementServiceKeyId = options.EncryptionKey,
                };
                request.Metadata.Add(Mark, mark);
                return client.InitiateMultipartUploadAsync(request, limit);
            },
            cancel);
        try
        {
            var parts = await PutPartsAsync(key, path, bytes, begun.UploadId, cancel);
            return await CompleteAsync(key, begun.UploadId, parts, mark, cancel);
        }
        catch
        {
            await AbortAsync(key, begun.UploadId);
            throw;
        }
    }

    private async Task<List<PartETag>> PutPartsAsync(
        string key, string path, long bytes, string uploadId, CancellationToken cancel)
    {
        // R2 requires that all parts except the last have the same size.
        var size = Math.Max(options.PartBytes, (bytes + MaxParts - 1) / MaxParts);
        var tags = new PartETag[(bytes + size - 1) / size];
        var atOnce = new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancel };
        await Parallel.ForAsync(0, tags.Length, atOnce, async (index, stop) =>
        {
            var (start, length) = (index * size, Math.Min(size, bytes - index * size));
            var hash = await HashAsync(path, start, length, stop);
            var answer = await patience.TryAsync(
                length,
                async limit =>
                {
                    await using var body = Open(path, start, length);
                    return await client.UploadPartAsync(
                        new UploadPartRequest
                        {
                            BucketName = options.Bucket,
                            Key = key,
                            UploadId = uploadId,
                            PartNumber = index + 1,
                            PartSize = length,
                            InputStream = body,
                            MD5Digest = hash,
                            UseChunkEncoding = false,
                            DisablePayloadSigning = IsSecure,
                        },
                        limit);
                },
                stop);
            tags[index] = new PartETag(index + 1, answer.ETag);
        });
        return [.. tags];
    }

    private async Task<StoredFile> CompleteAsync(
        string key, string uploadId, List<PartETag> parts, string mark, CancellationToken cancel)
    {
        try
        {
            await patience.TryAsync(
                limit => client.CompleteMultipartUploadAsync(
                    new CompleteMultipartUploadRequest
                    {
                        BucketName = options.Bucket, Key = key, UploadId = uploadId, PartETags = parts,
                    },
                    limit),
                cancel);
        }
        catch (AmazonS3Exception again) when (S3Patience.IsMissing(again))
        {
            // It was completed and the response was lost, or it was deleted. The mark distinguishes them.
        }
        var found = await patience.TryAsync(limit => client.GetObjectMetadataAsync(options.Bucket, key, limit), cancel);
        return found.Metadata[Mark] == mark
            ? S3FileStore.Describe(key, found.ContentLength, found.Headers.ContentType, found.ETag, found.LastModified)
            : throw new StoreUnavailableException($"The parts of {key} were removed before they could be put together.");
    }

    /// <summary>Aborts multipart uploads that started before a time. Returns how many.</summary>
    public async Task<int> DropUnfinishedAsync(DateTimeOffset before, CancellationToken cancel)
    {
        var dropped = 0;
        var request = new ListMultipartUploadsRequest { BucketName = options.Bucket };
        while (true)
        {
            var page = await patience.TryAsync(limit => client.ListMultipartUploadsAsync(request, limit), cancel);
            var started = (page.MultipartUploads ?? []).Where(
                found => found.Initiated?.ToUniversalTime() < before.UtcDateTime);
            foreach (var found in started)
            {
                try
                {
                    await patience.TryAsync(
                        limit => client.AbortMultipartUploadAsync(options.Bucket, found.Key, found.UploadId, limit), cancel);
                    dropped++;
                }
                catch (AmazonS3Exception ended) when (S3Patience.IsMissing(ended))
                {
                    // It was completed or aborted meanwhile.
                }
            }
            if (page.IsTruncated != true) return dropped;
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
    }

    /// <summary>Best effort; leftovers are deleted later.</summary>
    private async Task AbortAsync(string key, string uploadId)
    {
        using var limit = new CancellationTokenSource(options.Timeout, clock);
        try
        {
            await client.AbortMultipartUploadAsync(options.Bucket, key, uploadId, limit.Token);
        }
        catch (Exception error)
            when (error is Amazon.Runtime.AmazonServiceException or Amazon.Runtime.AmazonClientException
                or HttpRequestException or IOException or OperationCanceledException)
        {
            // The earlier error is reported.
        }
    }

    private const string Mark = "rushes-upload";

    /// <summary>Over TLS the signature can exclude the body, which saves reading it once more; MD5 covers it.</summary>
    private bool IsSecure => options.Endpoint.Scheme == Uri.UriSchemeHttps;

    private ServerSideEncryptionMethod? Encryption =>
        options.Encryption is { } method ? ServerSideEncryptionMethod.FindValue(method) : null;

    private static async Task<string> HashAsync(string path, long start, long length, CancellationToken cancel)
    {
        await using var content = Open(path, start, length);
#pragma warning disable CA5351 // S3 checks bodies with MD5; it is not used for security.
        return Convert.ToBase64String(await MD5.HashDataAsync(content, cancel));
#pragma warning restore CA5351
    }

    private static FilePart Open(string path, long start, long length) =>
        new(File.OpenHandle(path, options: FileOptions.Asynchronous), start, length);
}
