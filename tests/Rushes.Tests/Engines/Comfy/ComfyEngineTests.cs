using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Tests.Conformance;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

public sealed class ComfyEngineTests : EngineConformance
{
    private ComfyStub? stub;
    private ComfyEngine? comfy;

    protected override async ValueTask<IEngine> StartAsync(CancellationToken cancel)
    {
        stub = await ComfyStub.StartAsync(cancel);
        comfy = new ComfyEngine(
            new ComfyOptions
            {
                Server = stub.Url, Poll = TimeSpan.FromMilliseconds(50), Call = TimeSpan.FromMinutes(1),
                CancelWait = TimeSpan.FromMinutes(1),
            },
            WorkflowReader.Read(),
            CatalogReader.Read(), TimeProvider.System, NullLogger<ComfyEngine>.Instance);
        await comfy.ReadyAsync(cancel);
        return comfy;
    }

    protected override async ValueTask StopAsync()
    {
        if (comfy is not null) await comfy.DisposeAsync();
        if (stub is not null) await stub.DisposeAsync();
    }

    [Fact]
    public void A_full_server_serves_every_model_of_the_catalog() =>
        Assert.All(CatalogReader.Read().Models, model => Assert.True(Engine.Serves(model), model.Id));

    [Fact]
    public async Task Odd_sides_are_drawn_larger_and_delivered_as_asked_and_the_workflow_cuts_the_length()
    {
        using var scratch = new TempFolder();
        var plan = new VideoFormat(90, 160, 80, 16);
        var job = Job(ModelKind.ImageToVideo) with { Plan = new RenderPlan(plan, plan, Preset: "ultrafast") };

        var made = await MakeAsync(job, scratch);
        var drawn = await VideoProbe.FindAsync(made, TestContext.Current.CancellationToken);
        var delivered = await DeliverAsync(made, job);

        Assert.Equal((96, 160, 80), (drawn!.Width, drawn.Height, drawn.Frames));
        Assert.Equal((90, 160, 80), (delivered.Width, delivered.Height, delivered.Frames));
    }

    [Fact]
    public async Task Frames_in_between_are_estimated_although_the_model_drew_one_too_many()
    {
        using var scratch = new TempFolder();
        var render = new VideoFormat(96, 64, 16, 16);
        var job = Job(
            ModelKind.TextToVideo) with { Plan = new RenderPlan(
                render, render with { Width = 192, Height = 128, Frames = 31, Rate = 32 }, Preset: "ultrafast") };

        var made = await MakeAsync(job, scratch);
        var delivered = await FinalEncode.FinishAsync(
            made, ModelKind.TextToVideo, job.Plan, TestContext.Current.CancellationToken);

        var path = Assert.IsType<Finish.Ready>(delivered).Path;
        var facts = await VideoProbe.FindAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal((192, 128, 31, 32.0), (facts!.Width, facts.Height, facts.Frames, facts.Rate));
        var hashes = (await SampleMedia.FramesOfAsync(path)).Split('\n')
            .Where(line => !line.StartsWith('#') && line.Length > 0)
            .Select(line => line.Split(',')[^1])
            .ToList();
        Assert.True(hashes.Distinct().Count() > 25, "frames were only repeated");
    }

    [Fact]
    public async Task A_long_sound_is_drawn_in_as_many_chunks_as_it_needs()
    {
        using var scratch = new TempFolder();
        var plan = new VideoFormat(64, 64, 170, 16);
        var job = Job(ModelKind.SoundToVideo) with { Plan = new RenderPlan(plan, plan, Preset: "ultrafast") };

        var delivered = await DeliverAsync(await MakeAsync(job, scratch), job);

        Assert.Equal((170, true), (delivered.Frames, delivered.HasSound));
        Assert.Equal(
            3,
            stub!.Prompts.Last().Graph.Count(
                node => ((string)node.Value!["class_type"]!).StartsWith("WanSound", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Foley_leaves_every_byte_of_the_picture()
    {
        using var scratch = new TempFolder();
        var job = Job(ModelKind.Foley);

        var made = await MakeAsync(job, scratch);

        Assert.Equal(await SampleMedia.PacketsOfAsync(job.Files["data_uri"]), await SampleMedia.PacketsOfAsync(made));
        Assert.Equal("aac", (await VideoProbe.FindAsync(made, TestContext.Current.CancellationToken))!.SoundCodec);
    }

    [Fact]
    public async Task Foley_of_a_picture_is_a_still_with_sound()
    {
        using var media = new TempFolder();
        using var scratch = new TempFolder();
        var job = Job(ModelKind.Foley) with
        {
            Files = new Dictionary<string, string> { ["data_uri"] = await SampleMedia.PictureAsync(media) },
        };

        var delivered = await DeliverAsync(await MakeAsync(job, scratch), job);

        Assert.Equal((160, 120, 16, true), (delivered.Width, delivered.Height, delivered.Frames, delivered.HasSound));
    }

    [Fact]
    public async Task Steps_and_previews_are_told_while_it_runs()
    {
        using var scratch = new TempFolder();
        var job = Job(
            ModelKind.TextToVideo) with { Input = JobInput.Parse(
                """{"prompt":"a","seed":5,"higher_quality_with_more_steps":true}""") };

        var events = await Engine.RunAsync(job, scratch.Path, TestContext.Current.CancellationToken).ToListAsync(
            TestContext.Current.CancellationToken);

        // 13 nodes besides the samplers' 20 steps.
        Assert.All(events.OfType<EngineEvent.Tasks>(), update => Assert.Equal(33, update.Total));
        Assert.True(events.OfType<EngineEvent.Tasks>().Count() > 10);
        Assert.All(events.OfType<EngineEvent.Preview>(), preview => Assert.Equal([0xFF, 0xD8], preview.Jpeg[..2].ToArray()));
        Assert.NotEmpty(events.OfType<EngineEvent.Preview>());
    }

    [Fact]
    public async Task A_client_s_words_stay_words()
    {
        using var scratch = new TempFolder();
        const string words = "a\", \"class_type\": \"x\" ../../etc/passwd {a|b} %date%";
        var job = Job(ModelKind.TextToVideo) with
        {
            Input = JobInput.Parse(
                JsonSerializer.Serialize(
                    new { prompt = words, seed = 1, negative_prompt = new object[]
                        { "vae", 0 }, prefix = "../../x", width = "../", filename_prefix = "../x" })),
        };

        await MakeAsync(job, scratch);

        var graph = stub!.Prompts.Last().Graph;
        Assert.Equal(words, (string?)graph["positive"]!["inputs"]!["text"]);
        Assert.Equal(JsonValueKind.String, graph["negative"]!["inputs"]!["text"]!.GetValueKind());
        Assert.Equal(192, (int?)graph["latent"]!["inputs"]!["width"]);
        Assert.StartsWith("rushes/1-", (string?)graph["save"]!["inputs"]!["filename_prefix"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_stays_in_the_server_s_history_and_no_origin_is_sent()
    {
        using var scratch = new TempFolder();

        await MakeAsync(Job(ModelKind.ImageToVideo), scratch);

        Assert.Equal(0, stub!.Remembered);
        Assert.Empty(stub.Origins);
    }

    private async Task<string> MakeAsync(EngineJob job, TempFolder scratch)
    {
        var last = await Engine.RunAsync(job, scratch.Path, TestContext.Current.CancellationToken).LastAsync(
            TestContext.Current.CancellationToken);
        return last is EngineEvent.Failed failed
            ? throw new InvalidOperationException(failed.Error.Message)
            : Assert.IsType<EngineEvent.Output>(last).Path;
    }

    private static async Task<VideoFacts> DeliverAsync(string path, EngineJob job)
    {
        var finish = await FinalEncode.FinishAsync(path, job.Model.Kind, job.Plan, TestContext.Current.CancellationToken);
        return (await VideoProbe.FindAsync(Assert.IsType<Finish.Ready>(finish).Path, TestContext.Current.CancellationToken))!;
    }
}
