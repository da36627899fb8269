using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Draft;
using Rushes.Engines;
using Rushes.Engines.Process;
using Rushes.Work;
using Rushes.Work.Remote;
using Xunit;

namespace Rushes.Tests.Faults;

/// <summary>Workers with a scratch disk of eight megabytes.</summary>
public sealed class WorkerDiskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_without_room_takes_no_job_and_says_so_until_there_is_some()
    {
        await using var disk = await SmallDisk.MakeAsync(Cancel, megabytes: 8);
        Assert.SkipWhen(disk is null, "A disk of its own cannot be mounted here: that takes root.");
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        disk.Fill();
        await using var worker = new Slot(gateway, "full", new DraftEngine(), disk.Path);

        var id = await CreateAsync(gateway);
        await worker.Log.WaitForAsync("WorkerDiskFull full/1: ");

        // It logs, then tells the gateway.
        JsonElement said;
        while ((said = (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/workers", Cancel)).GetProperty("workers"))
            .GetArrayLength() == 0) { }
        Assert.Equal("unable", said[0].GetProperty("state").GetString());
        Assert.StartsWith("its disk is full: ", said[0].GetProperty("wants")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("IN_QUEUE", await StatusAsync(gateway, id));
        disk.Free();
        await worker.Log.WaitForAsync("WorkerHasRoom full/1: ");
        Assert.Equal("COMPLETED", await EndAsync(gateway, id));
    }

    [Fact]
    public async Task A_disk_that_fills_during_a_run_fails_the_attempt_by_name_and_the_job_goes_on_elsewhere()
    {
        await using var disk = await SmallDisk.MakeAsync(Cancel, megabytes: 8);
        Assert.SkipWhen(disk is null, "A disk of its own cannot be mounted here: that takes root.");
        using var folder = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        await using var worker = new Slot(gateway, "full", Greedy(folder), disk.Path);

        var id = await CreateAsync(gateway);
        await worker.Log.WaitForAsync("JobFilledDisk ");

        // Its files are gone and there is room again; it lets the job to another all the same.
        await using var other = new Slot(gateway, "other", new DraftEngine(), folder["other"]);
        Assert.Equal("COMPLETED", await EndAsync(gateway, id));
        await other.Log.WaitForAsync($"JobCompleted {id} on other/1");
        Assert.Equal(1, worker.Log.All.Count(line => line.StartsWith("JobStarted", StringComparison.Ordinal)));
        Assert.Contains(
            worker.Log.All,
            line => line.Contains("failed with engine_failed; the worker claims no jobs for 3600 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_that_fills_every_disk_fails_by_that_name()
    {
        await using var disk = await SmallDisk.MakeAsync(Cancel, megabytes: 8);
        Assert.SkipWhen(disk is null, "A disk of its own cannot be mounted here: that takes root.");
        using var folder = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        await using var worker = new Slot(gateway, "full", Greedy(folder), disk.Path, pause: TimeSpan.FromMilliseconds(1));

        var id = await CreateAsync(gateway);

        Assert.Equal("FAILED", await EndAsync(gateway, id));
        Assert.Contains(
            "worker_disk_full", await gateway.Http.GetStringAsync($"/queue/wan22-fast-t2v/requests/{id}/status", Cancel),
            StringComparison.Ordinal);
        Assert.Equal(3, worker.Log.All.Count(line => line.StartsWith("JobStarted", StringComparison.Ordinal)));
    }

    /// <summary>A program that writes until the disk is full.</summary>
    private static ProcessEngine Greedy(TempFolder folder)
    {
        File.WriteAllText(folder["greedy.json"], """
            { "gpus": [], "programs": { "greedy": { "serves": ["wan22-fast-t2v"], "program": "bash",
              "arguments": ["-c", "head -c 64M /dev/zero >output.mp4"] } } }
            """);
        return ProcessEngine.Load(
            [folder["greedy.json"]], ["wan22-fast-t2v"], folder["runs"], TimeProvider.System, NullLogger.Instance);
    }

    private static async Task<string> CreateAsync(TestGateway gateway)
    {
        using var answer = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v", new { prompt = "a wave", duration = 0.5, width = 512, height = 512 }, Cancel);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }

    private static async Task<string> StatusAsync(TestGateway gateway, string id) =>
        (await gateway.Http.GetFromJsonAsync<JsonElement>($"/queue/wan22-fast-t2v/requests/{id}/status", Cancel))
            .GetProperty("status").GetString()!;

    private static async Task<string> EndAsync(TestGateway gateway, string id) =>
        (await Eventually.EndedAsync(gateway.Http, id, Cancel)).GetProperty("status").GetString()!;

    /// <summary>A remote worker.</summary>
    private sealed class Slot : IAsyncDisposable
    {
        private readonly HttpClient http;
        private readonly CancellationTokenSource stop = new();
        private readonly Task working;

        public Slot(TestGateway gateway, string name, IEngine engine, string scratch, TimeSpan? pause = null)
        {
            http = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestGateway.Key);
            var source = new RemoteJobSource(http, http, "0.0.0", TimeProvider.System, NullLogger<RemoteJobSource>.Instance);
            var options = new WorkOptions
            {
                MinFreeBytes = 4 << 20, FreeSpaceInterval = TimeSpan.FromMilliseconds(50),
                FullDiskPause = pause ?? TimeSpan.FromHours(1),
            };
            working = new Worker(
                $"{name}/1", source, engine, CatalogReader.Read(), scratch, options, TimeProvider.System,
                Log).RunAsync(stop.Token);
        }

        public WorkerLog Log { get; } = new();

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await working;
            http.Dispose();
            stop.Dispose();
        }
    }

    private sealed class WorkerLog : ILogger<Worker>
    {
        private readonly Channel<string> events = Channel.CreateUnbounded<string>();

        /// <summary>Every line so far; the worker goes on writing.</summary>
        public ConcurrentQueue<string> All { get; } = new();

        public async Task WaitForAsync(string start)
        {
            while (!(await events.Reader.ReadAsync(Cancel)).StartsWith(start, StringComparison.Ordinal)) { }
        }

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = formatter(state, exception);
            All.Enqueue(line);
            events.Writer.TryWrite(line);
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;
    }
}
