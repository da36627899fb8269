using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Draft;
using Rushes.Server.Settings;
using Rushes.Work;
using Rushes.Work.Remote;
using Xunit;

namespace Rushes.Tests.Faults;

/// <summary>Networks that part a worker from its gateway, uploads that are cut, and workers whose clocks are wrong.</summary>
public sealed class NetworkTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_job_of_a_worker_that_was_cut_off_is_finished_by_the_other()
    {
        using var data = new TempFolder();
        using var folder = new TempFolder();
        var engine = new WaitingEngine(folder);
        await using var network = await Namespaces.MakeAsync(2, Cancel);
        Assert.SkipWhen(network is null, "Network namespaces cannot be made here: that takes root and iproute2.");
        await using var gateway = await GatewayProcess.StartAsync(
            data.Path, 0, Cancel, "--lease-seconds", "5", "--urls", "http://0.0.0.0:0");
        var port = gateway.Http.BaseAddress!.Port;
        gateway.Http.BaseAddress = new Uri($"http://127.0.0.1:{port}");
        var drawn = await engine.WriteAsync(Cancel);
        await using var first = Launch(network, 0, port, drawn);
        await using var second = Launch(network, 1, port, drawn);
        Assert.NotNull(await first.WaitForAsync("Working for", Cancel));
        Assert.NotNull(await second.WaitForAsync("Working for", Cancel));
        var id = await CreateAsync(gateway.Http, new { prompt = "a wave", duration = 0.5, width = 512, height = 512 });
        Task<string?>[] started = [first.WaitForAsync("JobStarted", Cancel), second.WaitForAsync("JobStarted", Cancel)];
        var one = Array.IndexOf(started, await Task.WhenAny(started));

        await network.CutAsync(one);

        Assert.NotNull(await started[1 - one]);
        await engine.GoAsync(Cancel);
        Assert.Equal("COMPLETED", await EndAsync(gateway.Http, id));
        var video = Assert.Single(Videos(data));

        await network.JoinAsync(one);
        Assert.NotNull(await (one == 0 ? first : second).WaitForAsync("LeaseLost", Cancel));
        Assert.Equal(video, Assert.Single(Videos(data)));
    }

    [Fact]
    public async Task An_upload_that_was_cut_in_the_middle_is_made_again()
    {
        using var data = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        await using var wire = new CuttingWire(new Uri(gateway.Origin).Port);
        await using var worker = GatewayProcess.Launch(["worker", "--server", $"http://127.0.0.1:{wire.Port}"], TestGateway.Key);

        var id = await CreateAsync(gateway.Http, new { prompt = "a wave", duration = 0.5, width = 512, height = 512 });

        Assert.Equal("COMPLETED", await EndAsync(gateway.Http, id));
        Assert.Equal(2, wire.Uploads);
        var video = Assert.Single(Videos(data));
        Assert.Equal(wire.Bytes, new FileInfo(video).Length);
        // Nor is the half left that had arrived, once the gateway has noticed the cut and has written its own first file.
        await Stored.OwnerWrittenAsync(data.Path, Cancel);
        await Eventually.TrueAsync(
            () => !Directory.GetFiles(data.Path, "*", SearchOption.AllDirectories)
                .Any(file => file.Contains("incoming", StringComparison.Ordinal)), Cancel);
    }

    [Theory]
    [InlineData(-1000)]
    [InlineData(1000)]
    public async Task A_worker_s_clock_may_be_wrong(int days)
    {
        using var data = new TempFolder();
        using var scratch = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path, new GatewayOptions { LeaseSeconds = 600 });
        using var http = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestGateway.Key);
        var clock = new WrongClock(TimeSpan.FromDays(days));
        var source = new RemoteJobSource(http, http, "0.0.0", clock, NullLogger<RemoteJobSource>.Instance);
        var worker = new Worker(
            "skewed/1", source, new DraftEngine(), CatalogReader.Read(), scratch.Path, new WorkOptions(), clock,
            NullLogger<Worker>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var working = worker.RunAsync(stop.Token);

        var id = await CreateAsync(gateway.Http, new { prompt = "a wave", duration = 0.5, width = 512, height = 512 });

        Assert.Equal("COMPLETED", await EndAsync(gateway.Http, id));
        // Under the first lease.
        Assert.StartsWith($"{id}_1_", Path.GetFileName(Assert.Single(Videos(data))), StringComparison.Ordinal);
        await stop.CancelAsync();
        await working;
    }

    private static GatewayProcess Launch(Namespaces network, int at, int port, string engine) =>
        network.Launch(
            at, ["worker", "--server", $"http://{network.GatewayOf(at)}:{port}", "--name", $"worker{at}", "--engine", engine]);

    private static string[] Videos(TempFolder data) =>
        Directory.GetFiles(Path.Combine(data.Path, "files"), "*.mp4", SearchOption.AllDirectories);

    private static async Task<string> CreateAsync(HttpClient http, object input)
    {
        using var answer = await http.PostAsJsonAsync("/queue/wan22-fast-t2v", input, Cancel);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }

    private static async Task<string> EndAsync(HttpClient http, string id) =>
        (await Eventually.EndedAsync(http, id, Cancel)).GetProperty("status").GetString()!;

    private sealed class WrongClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
