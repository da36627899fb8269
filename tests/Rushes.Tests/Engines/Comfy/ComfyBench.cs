using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>A stub, an engine on it, and small jobs.</summary>
internal sealed class ComfyBench : IAsyncDisposable
{
    private readonly TempFolder scratch = new();
    private int runs;

    /// <summary>Pauses that no test waits for.</summary>
    public static HealthOptions Quick { get; } = new()
    {
        FirstPause = TimeSpan.FromMilliseconds(20), MaxPause = TimeSpan.FromMilliseconds(40),
        AwayPause = TimeSpan.FromMilliseconds(20),
    };

    private ComfyBench(ComfyStub stub, ComfyEngine engine) => (Stub, Engine) = (stub, engine);

    public ComfyStub Stub { get; }

    public ComfyEngine Engine { get; }

    public EngineHealth Part => Engine.Parts[0];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ComfyBench> StartAsync(
        bool cancelsByJob = false, TimeProvider? clock = null, Func<ComfyOptions, ComfyOptions>? with = null,
        Action<ComfyStub>? prepare = null, WorkflowSet? workflows = null, ModelCatalog? catalog = null)
    {
        var stub = await ComfyStub.StartAsync(Cancel, cancelsByJob);
        prepare?.Invoke(stub);
        var options = new ComfyOptions
        {
            Server = stub.Url, Poll = TimeSpan.FromMilliseconds(40), Call = TimeSpan.FromMinutes(1), Health = Quick,
        };
        var engine = new ComfyEngine(
            with?.Invoke(options) ?? options, workflows ?? WorkflowReader.Read(), catalog ?? CatalogReader.Read(),
            clock ?? TimeProvider.System, NullLogger<ComfyEngine>.Instance);
        await engine.ReadyAsync(Cancel);
        return new ComfyBench(stub, engine);
    }

    public static EngineJob Job(
        string model = "wan22-fast-t2v", long seed = 1, ModelCatalog? catalog = null, object? input = null)
    {
        var format = new VideoFormat(64, 64, 9, 16);
        return new EngineJob(
            7, (catalog ?? CatalogReader.Read()).Find(model)!, new RenderPlan(format, format, Preset: "ultrafast"),
            JobInput.Parse(JsonSerializer.Serialize(input ?? new { prompt = "a", seed })), new Dictionary<string, string>());
    }

    /// <summary>Runs to the end; the last event.</summary>
    public async Task<EngineEvent> RunAsync(
        EngineJob? job = null, Action<EngineEvent>? on = null, CancellationToken? cancel = null)
    {
        EngineEvent? last = null;
        var folder = Directory.CreateDirectory(scratch[$"{Interlocked.Increment(ref runs)}"]).FullName;
        await foreach (var update in Engine.RunAsync(job ?? Job(), folder, cancel ?? Cancel))
        {
            last = update;
            on?.Invoke(update);
        }
        return last!;
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Stub.DisposeAsync();
        scratch.Dispose();
    }
}
