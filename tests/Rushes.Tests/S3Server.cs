using System.Diagnostics;
using Amazon.Runtime;
using Amazon.S3;
using Rushes.Files.S3;
using Rushes.Tests;
using Rushes.Tests.Rules;
using Xunit;

[assembly: AssemblyFixture(typeof(S3Server))]

namespace Rushes.Tests;

/// <summary>
/// A real S3 server (Ceph), started by the first test that asks for it, for all of them; it ends with this process.
/// </summary>
public sealed class S3Server : IAsyncDisposable
{
    public const string AccessKey = "rushes-tests";

    public const string SecretKey = "a-secret-of-the-tests";

    private readonly Lazy<Task<Uri>> started = new(StartAsync);
    private int buckets;

    public static AWSCredentials Credentials => new BasicAWSCredentials(AccessKey, SecretKey);

    public Task<Uri> Endpoint => started.Value;

    /// <summary>A new bucket, and how to use it.</summary>
    public async Task<S3Options> NewBucketAsync(CancellationToken cancel)
    {
        var endpoint = await Endpoint.WaitAsync(cancel);
        var options = new S3Options { Bucket = $"test-{Interlocked.Increment(ref buckets)}", Endpoint = endpoint };
        using var client = await ClientAsync();
        await client.PutBucketAsync(options.Bucket, cancel);
        return options;
    }

    /// <summary>As somebody else would speak to it.</summary>
    public async Task<AmazonS3Client> ClientAsync() => new(Credentials, new AmazonS3Config
    {
        ServiceURL = (await Endpoint).AbsoluteUri, AuthenticationRegion = "us-east-1", ForcePathStyle = true,
    });

    public async ValueTask DisposeAsync()
    {
        if (started.IsValueCreated) await started.Value.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static async Task<Uri> StartAsync()
    {
        var port = FreePort();
        var folder = Path.Combine(Path.GetTempPath(), $"rushes-s3-{Guid.NewGuid():n}");
        using var script = Process.Start(new ProcessStartInfo(
            "bash", [Path.Combine(RoomTests.Root(), "scripts", "s3-up.sh"), folder, $"{port}", $"{Environment.ProcessId}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();
        return script.ExitCode == 0 ? new Uri($"http://127.0.0.1:{port}/") : throw new InvalidOperationException(await errors);
    }

    /// <summary>
    /// Its ports lie below those that the system hands out, and apart from those of other runs at the same time.
    /// </summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(50, 120) * 250;
            if (new[] { 0, 10, 20, 21 }.All(more => Ports.IsFree(port + more))) return port;
        }
    }
}
