using Rushes.Files;
using Rushes.Files.S3;
using Xunit;

namespace Rushes.Tests.Conformance;

public sealed class S3FileStoreTests(S3Server server) : FileStoreConformance, IAsyncLifetime
{
    private S3FileStore store = null!;

    protected override IFileStore Store => store;

    public async ValueTask InitializeAsync() =>
        store = await S3FileStore.OpenAsync(await server.NewBucketAsync(Cancel), S3Server.Credentials, TimeProvider.System, Cancel);

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
