using Amazon.S3.Model;
using Rushes.Files;
using Rushes.Files.S3;
using Xunit;

namespace Rushes.Tests.Conformance;

public sealed class S3FileStoreTests(S3Server server) : FileStoreConformance, IAsyncLifetime
{
    private S3FileStore store = null!;

    protected override IFileStore Store => store;

    public async ValueTask InitializeAsync() =>
        store = await S3FileStore.OpenAsync(
            await server.NewBucketAsync(Cancel), S3Server.Credentials, TimeProvider.System, Cancel);

    protected override async Task LeaveUnfinishedAsync(string key)
    {
        using var client = await server.ClientAsync();
        var begun = await client.InitiateMultipartUploadAsync(store.Bucket, key, Cancel);
        await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = store.Bucket, Key = key, UploadId = begun.UploadId, PartNumber = 1,
                InputStream = new MemoryStream(new byte[100]), UseChunkEncoding = false,
            },
            Cancel);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public override void Dispose()
    {
        store.Dispose();
        base.Dispose();
    }
}
