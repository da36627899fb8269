using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Engines.Comfy;
using Rushes.Jobs;
using Rushes.Tests.Engines.Comfy;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Work;

/// <summary>One slot with a ComfyUI server that stops, comes back, or has no models at first.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly Channel<ClaimOffer> offers = Channel.CreateUnbounded<ClaimOffer>();
    private readonly CancellationTokenSource stop = new();
    private LocalQueue queue = null!;
    private ComfyStub stub = null!;
    private ComfyEngine engine = null!;
    private Task working = Task.CompletedTask;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        queue = await LocalQueue.OpenAsync(folder);
        queue.Source.OfferReceived += offer => offers.Writer.TryWrite(offer);
        stub = await ComfyStub.StartAsync(Cancel);
        var options = new ComfyOptions
        {
            Server = stub.Url, Poll = TimeSpan.FromMilliseconds(40), Watch = TimeSpan.FromMilliseconds(40),
            Relook = TimeSpan.FromMilliseconds(100), Call = TimeSpan.FromMinutes(1), Health = ComfyBench.Quick,
        };
        engine = new ComfyEngine(
            options, WorkflowReader.Read(), CatalogReader.Read(), TimeProvider.System, NullLogger<ComfyEngine>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await working;
        await engine.DisposeAsync();
        await stub.DisposeAsync();
        await queue.DisposeAsync();
        stop.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_server_that_goes_away_while_idle_is_offered_no_job_until_it_is_back()
    {
        Work();
        await OfferAsync(offer => offer.Models.Count > 0);

        stub.Away = true;
        await OfferAsync(offer => offer.Models.Count == 0);
        var job = await SubmitAsync("wan22-fast-t2v");
        stub.Away = false;

        await OfferAsync(offer => offer.Models.Count > 0);
        // Made when the job is done.
        await OfferAsync(offer => offer.Loaded == "wan22-fast-t2v");
        var made = await queue.FindAsync(job);
        Assert.Equal((JobState.Completed, 0), (made.State, made.Attempts));
    }

    [Fact]
    public async Task A_server_that_can_make_nothing_at_first_works_once_its_files_are_there()
    {
        stub.Missing.Add("SaveVideo");
        stub.Missing.Add("SaveAudio");
        Work();
        var first = await offers.Reader.ReadAsync(Cancel);
        Assert.Equal(("comfyui", 0), (first.Engine, first.Models.Count));
        await SubmitAsync("wan22-fast-t2v");

        stub.Missing.Clear();

        var next = await OfferAsync(offer => offer.Models.Count > 0);
        Assert.Equal(CatalogReader.Read().Models.Count, next.Models.Count);
        Assert.Equal("NVIDIA RTX Stub", next.Gpu!.Name);
        Assert.Equal(24576, next.Gpu.Megabytes);
    }

    [Fact]
    public async Task A_model_whose_file_goes_is_offered_no_more()
    {
        Work();
        await OfferAsync(offer => offer.Models.Contains("wan22-s2v-fast"));

        stub.Missing.Add("wan2.2_s2v_14B_fp8_scaled.safetensors");

        await OfferAsync(offer => !offer.Models.Contains("wan22-s2v-fast") && offer.Models.Contains("wan22-fast-t2v"));
    }

    [Fact]
    public async Task A_server_that_dies_under_a_job_is_reported_while_the_job_runs()
    {
        Work();
        await OfferAsync(offer => offer.Models.Count > 0);
        stub.Fates.Enqueue(Fate.Linger);
        var job = await SubmitAsync("wan22-fast-t2v");
        while (stub.Prompts.IsEmpty) await stub.Looks.Reader.ReadAsync(Cancel);

        stub.Away = true;
        var offer = await OfferAsync(offer => offer.Models.Count == 0);
        Assert.Equal("away", Assert.Single(offer.Parts).State);
        Assert.Contains("did not respond", Assert.Single(offer.Wants), StringComparison.Ordinal);

        // It was restarted: the prompt is lost and sent again.
        stub.Restart();
        stub.Away = false;
        await OfferAsync(offer => offer.Loaded == "wan22-fast-t2v" && offer.Parts[0].Proofs > 0);
        Assert.Equal(JobState.Completed, (await queue.FindAsync(job)).State);
    }

    /// <summary>Waits for such an offer.</summary>
    private async Task<ClaimOffer> OfferAsync(Func<ClaimOffer, bool> such)
    {
        while (true)
            if (await offers.Reader.ReadAsync(Cancel) is var offer && such(offer)) return offer;
    }

    private void Work() => working = new Worker(
        "node/1", queue.Source, engine, CatalogReader.Read(), folder["scratch"], new WorkOptions(), TimeProvider.System,
        NullLogger<Worker>.Instance).RunAsync(stop.Token);

    private Task<long> SubmitAsync(string model) => queue.SubmitAsync(model, "a", new VideoFormat(64, 64, 9, 16));
}
