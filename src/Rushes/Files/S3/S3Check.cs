using Amazon.S3;
using Amazon.S3.Model;

namespace Rushes.Files.S3;

/// <summary>Tries every operation once with a small file, so that missing permissions are found at startup.</summary>
internal static class S3Check
{
    /// <exception cref="StoreUnavailableException">The message has the problem and what to do.</exception>
    public static async Task RunAsync(AmazonS3Client client, S3Patience patience, S3Options options, CancellationToken cancel)
    {
        var key = CheckKey.New();
        var doing = "be listed";
        try
        {
            await patience.TryAsync(
                limit =>
                    client.ListObjectsV2Async(
                        new ListObjectsV2Request { BucketName = options.Bucket, Prefix = CheckKey.Folder, MaxKeys = 1 }, limit),
                cancel);
            doing = "be written to";
            await patience.TryAsync(
                limit =>
                    client.PutObjectAsync(
                        new PutObjectRequest
                        {
                            BucketName = options.Bucket, Key = key, ContentBody = "check", UseChunkEncoding = false,
                        },
                        limit),
                cancel);
            doing = "be read";
            using (await patience.TryAsync(limit => client.GetObjectAsync(options.Bucket, key, limit), cancel)) { }
            doing = "have files deleted";
            await patience.TryAsync(limit => client.DeleteObjectAsync(options.Bucket, key, limit), cancel);
        }
        catch (StoreUnavailableException error)
        {
            throw new StoreUnavailableException(
                $"the bucket \"{options.Bucket}\" cannot {doing}: {Sentence(error, options)}", error);
        }
        catch (AmazonS3Exception error)
        {
            throw new StoreUnavailableException($"the bucket \"{options.Bucket}\" cannot {doing}: {error.Message}", error);
        }
    }

    private static string Sentence(
        StoreUnavailableException error, S3Options options) => (error.InnerException as AmazonS3Exception)?.ErrorCode switch
    {
        "NoSuchBucket" => $"there is none of this name at {options.Endpoint}; create it first.",
        "InvalidAccessKeyId" => $"{options.Endpoint} does not know the access key; check AWS_ACCESS_KEY_ID.",
        "SignatureDoesNotMatch" => "the signature was refused; check AWS_SECRET_ACCESS_KEY, and the region.",
        "AccessDenied" => "the access key may not; give it the right to list the bucket, and to get, put and delete its objects.",
        "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" =>
            $"it is in another region than \"{options.Region}\"; set region=… in the storage's address.",
        "RequestTimeTooSkewed" => "this machine's clock differs from the server's; set it right.",
        _ => error.Message,
    };
}
