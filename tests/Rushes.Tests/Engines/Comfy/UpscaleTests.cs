using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Draft;
using Rushes.Engines;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Server.Settings;
using Rushes.Tests.Work;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary><c>new_resolution</c> with an upscale model after the job's own, or with ffmpeg.</summary>
public sealed class UpscaleTests
{
    private const string Priced = """
        { "families": { "wan22-fast-t2v": {
            "kind": "text-to-video", "lane": "t2v", "models": { "wan22-fast-t2v": { "tier": "fast" } },
            "sizes": ["512x512"], "maxSeconds": { "480": 7 }, "runSeconds": { "480": 90 }, "price": { "480": 0.25 },
            "upscaler": "seedvr2", "upscalePrice": { "720": 0.10, "1080": 0.20 },
            "parameters": { "prompt": {}, "width": {}, "height": {}, "duration": {}, "new_resolution": {} } } } }
        """;

    private static readonly object Wish = new
    {
        prompt = "a boat", duration = 1, width = 512, height = 512, new_resolution = 720,
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_worker_that_has_the_upscaler_uses_it_after_the_model()
    {
        await using var bench = await Bench.StartAsync();

        var (made, said) = await bench.MakeAsync();

        Assert.Equal((720, 720, 16, 16.0), (made.Width, made.Height, made.Frames, made.Rate));
        var (first, second) = bench.Stub.Prompts.ToList() is [var one, var two] ? (one.Graph, two.Graph) : throw Wrong(bench);
        Assert.Equal(512, (int)first["latent"]!["inputs"]!["width"]!);
        Assert.Equal(720, (int)second["upscale"]!["inputs"]!["resolution"]!);
        var sent = await VideoProbe.FindAsync(bench.Stub.Uploaded.Last(), Cancel);
        Assert.Equal((512, 512, 16), (sent!.Width, sent.Height, sent.Frames));
        Assert.Equal(("seedvr2", 0.25m), said);
    }

    [Fact]
    public async Task Without_the_upscaler_ffmpeg_makes_the_video_larger()
    {
        await using var bench = await Bench.StartAsync(stub => stub.Missing.Add("SeedVR2VideoUpscaler"));

        var (made, said) = await bench.MakeAsync();

        Assert.Equal((720, 720, 16), (made.Width, made.Height, made.Frames));
        Assert.Single(bench.Stub.Prompts);
        Assert.Equal(("ffmpeg", 0.25m), said);
    }

    [Fact]
    public async Task An_upscaler_that_fails_does_not_cost_the_video()
    {
        await using var bench = await Bench.StartAsync(stub =>
        {
            stub.Fates.Enqueue(Fate.Run);
            stub.Fates.Enqueue(Fate.Break);
        });

        var (made, _) = await bench.MakeAsync();

        Assert.Equal((720, 720, 16), (made.Width, made.Height, made.Frames));
        Assert.Equal(2, bench.Stub.Prompts.Count);
    }

    [Fact]
    public async Task The_operator_s_price_is_added_where_a_worker_has_the_upscaler()
    {
        await using var with = await Bench.StartAsync(catalog: Priced);
        await using var without = await Bench.StartAsync(stub => stub.Missing.Add("SeedVR2VideoUpscaler"), Priced);

        Assert.Equal(("seedvr2", 0.35m), await with.SayAsync(Wish));
        Assert.Equal(("seedvr2", 0.45m), await with.SayAsync(
            new { prompt = "a boat", width = 512, height = 512, new_resolution = 1080 }));
        Assert.Equal(((string?)null, 0.25m), await with.SayAsync(new { prompt = "a boat", width = 512, height = 512 }));
        Assert.Equal(("ffmpeg", 0.25m), await without.SayAsync(Wish));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_whose_price_contains_the_upscaler_is_not_run_without_it(bool paid)
    {
        using var temp = new TempFolder();
        var made = await MakeAsync(new DraftEngine(), temp, paid);
        if (paid)
            Assert.Equal(
                ("The engine draft cannot make the video larger with seedvr2.", Blame.Engine, true),
                made is RunResult.NoVideo nothing ? (nothing.Error.Message, nothing.Blame, nothing.NeverStarted) : default);
        else
            Assert.Equal(128, (await VideoProbe.FindAsync(Assert.IsType<RunResult.Video>(made).Path, Cancel))!.Width);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upscaler_that_is_paid_for_and_fails_is_not_replaced_by_ffmpeg(bool paid)
    {
        using var temp = new TempFolder();
        var made = await MakeAsync(new BrokenUpscaler(), temp, paid);
        if (paid)
            Assert.Equal(
                ("The upscaler broke.", Blame.Engine),
                made is RunResult.NoVideo nothing ? (nothing.Error.Message, nothing.Blame) : default);
        else
            Assert.Equal(128, (await VideoProbe.FindAsync(Assert.IsType<RunResult.Video>(made).Path, Cancel))!.Width);
    }

    [Theory]
    [InlineData("wan22-fast-t2v", "hunyuan-foley", "\"hunyuan-foley\" is not an upscale model: seedvr2, none")]
    [InlineData("hunyuan-foley", "seedvr2", "\"upscaler\" is not for foley")]
    public void An_upscaler_is_a_model_that_upscales(string family, string upscaler, string reason)
    {
        var text = $$"""{ "families": { "mine": { "like": "{{family}}", "upscaler": "{{upscaler}}", """
            + """ "models": { "mine": { "tier": "fast" } } } } }""";

        var error = Assert.Throws<CatalogException>(() => Read(text));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_family_can_go_without_and_a_disabled_upscaler_is_no_error()
    {
        var none = Read(
            """
            { "families": { "mine": { "like": "wan22-fast-t2v", "upscaler": "none", "models": { "mine": { "tier": "fast" } } } } }
            """);
        var disabled = Read("""{ "families": { "seedvr2": null } }""");

        Assert.Equal("seedvr2", none.Find("wan22-fast-t2v")!.Family.Upscaler?.Model);
        Assert.Null(none.Find("mine")!.Family.Upscaler);
        Assert.Null(disabled.Find("seedvr2"));
    }

    /// <summary>Runs a job of 64x64 that is delivered twice as large.</summary>
    private static async Task<RunResult> MakeAsync(IEngine engine, TempFolder temp, bool paid)
    {
        await using var queue = await LocalQueue.OpenAsync(temp);
        var small = new VideoFormat(64, 64, 4, 16);
        await queue.SubmitAsync("wan22-fast-t2v", "a boat", small);
        var lease = await queue.Source.ClaimAsync(new ClaimOffer("node/1", ["t2v"], []) { EveryModel = true }, Cancel);
        var plan = new RenderPlan(small, small with { Width = 128, Height = 128 }, Preset: "ultrafast", PaidUpscale: paid);
        return await new JobRun(queue.Source, engine, CatalogReader.Read(), TimeProvider.System, NullLogger.Instance)
            .MakeAsync(lease with { Job = lease.Job with { Plan = plan } }, temp["run"], _ => { }, Cancel);
    }

    private static ModelCatalog Read(string text) => CatalogReader.Build(
        [CatalogSource.BuiltIn(), CatalogSource.Parse("mine.json", Encoding.UTF8.GetBytes(text))]);

    private static Exception Wrong(Bench bench) => new InvalidOperationException($"{bench.Stub.Prompts.Count} prompts");

    /// <summary>The draft engine, with an upscaler that fails.</summary>
    private sealed class BrokenUpscaler : IEngine
    {
        private readonly DraftEngine draft = new();

        public string Name => draft.Name;

        public IReadOnlyList<EngineHealth> Parts => draft.Parts;

        public bool Serves(Model model) => true;

        public EngineHealth PartOf(Model model) => draft.Parts[0];

        public FieldEffect EffectOf(string field, Model model) => draft.EffectOf(field, model);

        public IAsyncEnumerable<EngineEvent> RunAsync(EngineJob job, string scratch, CancellationToken cancel) =>
            job.Model.Id == "seedvr2"
                ? AsyncEnumerable.Repeat<EngineEvent>(
                    new EngineEvent.Failed(new JobError("engine_failed", "The upscaler broke."), Blame.Engine), 1)
                : draft.RunAsync(job, scratch, cancel);
    }

    private sealed class Bench : IAsyncDisposable
    {
        private readonly TempFolder data;

        private Bench(ComfyStub stub, TestGateway gateway, TempFolder data) => (Stub, Gateway, this.data) = (stub, gateway, data);

        public ComfyStub Stub { get; }

        private TestGateway Gateway { get; }

        public static async Task<Bench> StartAsync(Action<ComfyStub>? prepare = null, string catalog = "{}")
        {
            var stub = await ComfyStub.StartAsync(Cancel);
            prepare?.Invoke(stub);
            var data = new TempFolder();
            await File.WriteAllTextAsync(data["catalog.json"], catalog, Cancel);
            var gateway = await TestGateway.StartAsync(
                1, Cancel, data: data.Path, options: new GatewayOptions { Engine = $"comfyui={stub.Url}" });
            return new Bench(stub, gateway, data);
        }

        /// <summary>Makes the wished video, and says what a dry run said after it.</summary>
        public async Task<(VideoFacts Made, (string?, decimal) Said)> MakeAsync()
        {
            using var created = await Gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", Wish, Cancel);
            Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync(Cancel));
            var request = await created.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            var ended = await Eventually.EndedAsync(
                Gateway.Http, request.GetProperty("request_id").GetString()!, Cancel, "wan22-fast-t2v");
            Assert.True(ended.GetProperty("status").GetString() == "COMPLETED", ended.ToString());
            var result = await Gateway.Http.GetFromJsonAsync<JsonElement>(
                request.GetProperty("response_url").GetString(), Cancel);
            await File.WriteAllBytesAsync(
                data["made.mp4"], result.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64(), Cancel);
            return ((await VideoProbe.FindAsync(data["made.mp4"], Cancel))!, await SayAsync(Wish));
        }

        /// <summary>The upscaler and the price of a dry run, once a worker has offered its models.</summary>
        public async Task<(string?, decimal)> SayAsync(object wish)
        {
            await Eventually.TrueAsync(async () =>
                (await Gateway.Http.GetFromJsonAsync<JsonElement>("/admin/workers", Cancel)).GetProperty("workers")
                    .EnumerateArray()
                    .Any(worker => worker.GetProperty("models").GetArrayLength() > 0), Cancel);
            using var answer = await Gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v?dry_run=true", wish, Cancel);
            var said = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            return (
                said.TryGetProperty("upscaler", out var upscaler) ? upscaler.GetString() : null,
                said.GetProperty("price").GetProperty("amount").GetDecimal());
        }

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Stub.DisposeAsync();
            data.Dispose();
        }
    }
}
