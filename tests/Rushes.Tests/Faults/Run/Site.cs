using Rushes.Files.S3;
using Rushes.Tests.Admin;
using Rushes.Tests.Files.S3;
using Rushes.Tests.Postgres;

namespace Rushes.Tests.Faults.Run;

/// <summary>
/// Three gateways, each on a line of its own to one PostgreSQL, the last with a worker inside; five workers elsewhere, the
/// last with an engine that becomes sick; and an S3 behind a line that all of them share. Two of the workers are on other
/// machines as far as the network goes, where that can be had.
/// </summary>
internal sealed class Site : IAsyncDisposable
{
    public const int LeaseSeconds = 8;

    private readonly TempFolder folder = new();
    private readonly List<string> addresses = [];

    public required PostgresCluster Postgres { get; init; }

    /// <summary>One for each gateway.</summary>
    public required IReadOnlyList<FaultyLine> ToPostgres { get; init; }

    public required S3Options Bucket { get; init; }

    public required FaultyLine ToS3 { get; init; }

    /// <summary>The network namespaces of the first workers; null if they cannot be created.</summary>
    public required Namespaces? Network { get; init; }

    /// <summary>The disk of the last gateway's data; null if it cannot be created.</summary>
    public required SmallDisk? GatewayDisk { get; init; }

    /// <summary>The disk of the last worker's scratch folder.</summary>
    public required SmallDisk? WorkerDisk { get; init; }

    /// <summary>The clock of the second gateway; null if libfaketime is missing.</summary>
    public required OtherClock? Clock { get; init; }

    /// <summary>The engine of the last worker.</summary>
    public SickEngine Engine => field ??= new SickEngine(folder);

    public List<Node> Gateways { get; } = [];

    public List<Node> Workers { get; } = [];

    public IEnumerable<Node> Nodes => [.. Gateways, .. Workers];

    /// <summary>The address of each gateway.</summary>
    public IReadOnlyList<string> Addresses => addresses;

    public static async Task<Site> StartAsync(S3Server server, CancellationToken cancel)
    {
        var postgres = await PostgresCluster.StartAsync();
        await postgres.CreateAsync("rushes");
        var network = await Namespaces.MakeAsync(2, cancel);
        var bucket = await server.NewBucketAsync(cancel) with { Region = "auto" };
        var site = new Site
        {
            Postgres = postgres,
            ToPostgres = [.. Enumerable.Range(0, 3).Select(_ => new FaultyLine(new Uri($"tcp://127.0.0.1:{postgres.Port}")))],
            Bucket = bucket,
            ToS3 = network is null ? new FaultyLine(bucket.Endpoint) : new FaultyLine(bucket.Endpoint, network.Host),
            Network = network,
            GatewayDisk = await SmallDisk.MakeAsync(cancel),
            WorkerDisk = await SmallDisk.MakeAsync(cancel),
            Clock = OtherClock.Find(),
        };
        try
        {
            await site.LaunchAsync(cancel);
        }
        catch
        {
            await site.DisposeAsync();
            throw;
        }
        return site;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        foreach (var line in ToPostgres) await line.DisposeAsync();
        await ToS3.DisposeAsync();
        await Postgres.DisposeAsync();
        if (Network is not null) await Network.DisposeAsync();
        if (GatewayDisk is not null) await GatewayDisk.DisposeAsync();
        if (WorkerDisk is not null) await WorkerDisk.DisposeAsync();
        Clock?.Dispose();
        folder.Dispose();
    }

    private async Task LaunchAsync(CancellationToken cancel)
    {
        await PaidCatalog.WriteAsync(folder, cancel);
        for (var at = 0; at < 3; at++) AddGateway(at);
        foreach (var gateway in Gateways) await gateway.StartAsync(cancel);
        for (var at = 0; at < 5; at++) AddWorker(at);
        await Task.WhenAll(Workers.Select(worker => worker.StartAsync(cancel)));
    }

    private void AddGateway(int at)
    {
        var port = Ports.Next();
        var data = at == 2 && GatewayDisk is not null ? GatewayDisk.Path : folder[$"gateway{at}"];
        string[] command =
        [
            "serve", "--urls", $"http://0.0.0.0:{port}", "--data", Directory.CreateDirectory(data).FullName, "--workers",
            at == 2 ? "1" : "0", "--catalog", folder["catalog.json"],
            "--database", $"postgres://rushes:rushes@127.0.0.1:{ToPostgres[at].Address.Port}/rushes", "--lease-seconds",
            $"{LeaseSeconds}",
            "--storage", $"s3://{Bucket.Bucket}?endpoint={ToS3.Address.AbsoluteUri.TrimEnd('/')}&region=auto",
            "--storage-access-key", S3Server.AccessKey,
            "--storage-secret-key", S3Server.SecretKey, "--fetch-allow", "127.0.0.0/8", "--public-url",
            $"http://127.0.0.1:{port}",
        ];
        var environment = at == 1 && Clock is not null ? Clock.Environment : [];
        Gateways.Add(
            new Node($"gateway {at}", () => GatewayProcess.Launch(command, TestGateway.Key, environment), "is ready on"));
        addresses.Add($"http://127.0.0.1:{port}");
    }

    private void AddWorker(int at)
    {
        var apart = at < 2 && Network is not null;
        var server = new UriBuilder(addresses[at % 3]) { Host = apart ? Network!.GatewayOf(at) : "127.0.0.1" }.Uri;
        string[] command =
        [
            "worker", "--server", server.AbsoluteUri, "--name", $"worker{at}", "--catalog", folder["catalog.json"],
            .. at == 4 ? ["--engine", $"process={Engine.Path}"] : Array.Empty<string>(),
        ];
        (string, string)[] environment = [("TMPDIR", at == 3 && WorkerDisk is not null
            ? WorkerDisk.Path : Directory.CreateDirectory(folder[$"worker{at}"]).FullName)];
        Workers.Add(new Node(
            $"worker {at}",
            () =>
                apart ? Network!.Launch(at, command, environment) : GatewayProcess.Launch(command, TestGateway.Key, environment),
            "Working for"));
    }
}
