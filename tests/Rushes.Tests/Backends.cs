using Rushes.Server.Settings;
using Rushes.Tests.Postgres;
using Xunit;

namespace Rushes.Tests;

/// <summary>A gateway's database and file store: SQLite and local files, or PostgreSQL and S3.</summary>
public enum Backend
{
    Local,
    Shared,
}

/// <summary>Gateways over either backend, each with a database and bucket of its own.</summary>
public sealed class Backends(S3Server s3) : IAsyncDisposable
{
    private readonly List<string> rented = [];
    private readonly List<TestGateway> started = [];

    public static TheoryData<Backend> Both => [Backend.Local, Backend.Shared];

    public async Task<TestGateway> StartAsync(Backend backend, GatewayOptions? options = null, int workers = 0)
    {
        var cancel = TestContext.Current.CancellationToken;
        var settings = options ?? new GatewayOptions();
        if (backend == Backend.Shared)
        {
            var database = await PostgresCluster.RentAsync();
            rented.Add(database);
            var bucket = await s3.NewBucketAsync(cancel);
            settings = settings with
            {
                Database = (await PostgresCluster.SharedAsync()).Url(database),
                Storage = $"s3://{bucket.Bucket}?endpoint={bucket.Endpoint.AbsoluteUri.TrimEnd('/')}&region=auto",
                StorageAccessKey = S3Server.AccessKey, StorageSecretKey = S3Server.SecretKey,
            };
        }
        var gateway = await TestGateway.StartAsync(workers, cancel, options: settings);
        started.Add(gateway);
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var gateway in started) await gateway.DisposeAsync();
        foreach (var database in rented) PostgresCluster.Return(database);
    }
}
