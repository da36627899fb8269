using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.VideoServer;
using Rushes.Tests.Conformance;
using Xunit;

namespace Rushes.Tests.Engines.VideoServer;

/// <summary>A server like vLLM-Omni: forms, polled, and DELETE stops a job.</summary>
public sealed class VllmOmniTests() : VideoServerConformance(ServerStyle.VllmOmni, """
    "body": "multipart", "deleteStops": true,
    """, """
    "id": "Test/Model",
    "request": { "model": "Test/Model", "prompt": "{prompt}", "width": "{width}", "height": "{height}",
      "num_frames": "{frames}", "fps": "{fps}", "seed": "{seed}" },
    "media": { "data_uri": { "field": "input_reference", "as": "file" } }
    """);

/// <summary>A server like LightX2V's: JSON, other paths and names, and a running job cannot be stopped.</summary>
public sealed class LightX2vTests() : VideoServerConformance(ServerStyle.LightX2v, VideoServers.LightX2v, """
    "request": { "prompt": "{prompt}", "target_shape": ["{height}", "{width}"], "target_video_length": "{frames}",
      "target_fps": "{fps}", "seed": "{seed}" },
    "media": { "data_uri": { "field": "image_path", "as": "base64" } }
    """);

public abstract class VideoServerConformance(object style, string server, string model) : EngineConformance
{
    private readonly TempFolder folder = new();
    private VideoServerStub? stub;
    private VideoServerEngine? engine;

    protected override async ValueTask<IEngine> StartAsync(CancellationToken cancel)
    {
        stub = await VideoServerStub.StartAsync((ServerStyle)style, cancel);
        return engine = VideoServers.Start(stub, folder, server, model);
    }

    protected override async ValueTask StopAsync()
    {
        if (engine is not null) await engine.DisposeAsync();
        if (stub is not null) await stub.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>What servers do wrong, and what becomes of it.</summary>
public sealed class VideoServerFaultTests : IAsyncDisposable
{
    private const string Vllm = "\"body\": \"multipart\", \"deleteStops\": true,", Form = "\"body\": \"multipart\",";

    private readonly TempFolder folder = new();
    private readonly List<IAsyncDisposable> opened = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Outcome.Failed, "engine_failed", "The server failed: failed in …", false)]
    [InlineData(Outcome.OutOfMemory, "out_of_memory", "The GPU has too little memory", false)]
    [InlineData(Outcome.NoVideo, "engine_failed", "The server's result is not a video.", false)]
    [InlineData(Outcome.Rejected, "engine_failed", "The server refused the request: num_frames is not allowed in …", false)]
    [InlineData(Outcome.Full, "engine_failed", "The server's queue is full.", true)]
    [InlineData(Outcome.Full, "engine_failed", "The server's queue is full.", true, ServerStyle.LightX2v, VideoServers.LightX2v)]
    internal async Task A_failure_names_its_reason(
        Outcome outcome, string code, string message, bool neverStarted, ServerStyle style = ServerStyle.VllmOmni,
        string server = Vllm)
    {
        var (stub, engine) = await StartAsync(style, server);
        stub.Outcomes.Enqueue(outcome);

        var failed = Assert.IsType<EngineEvent.Failed>((await RunAsync(engine))[^1]);

        Assert.Equal((code, Blame.Engine, neverStarted), (failed.Error.Code, failed.Blame, failed.NeverStarted));
        Assert.StartsWith(message, failed.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/srv", failed.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_a_restarted_server_lost_is_sent_again_within_bounds()
    {
        var (stub, engine) = await StartAsync();
        stub.Outcomes.Enqueue(Outcome.Restart);

        Assert.IsType<EngineEvent.Output>((await RunAsync(engine))[^1]);
        Assert.Equal(2, stub.Requests.Count);

        for (var lost = 0; lost < 3; lost++) stub.Outcomes.Enqueue(Outcome.Restart);
        var failed = Assert.IsType<EngineEvent.Failed>((await RunAsync(engine))[^1]);
        Assert.Equal("The server lost the job repeatedly.", failed.Error.Message);
        Assert.Equal(5, stub.Requests.Count);
    }

    [Fact]
    public async Task A_cancelled_job_is_stopped_although_the_server_first_responds_with_409()
    {
        var (stub, engine) = await StartAsync();
        stub.Outcomes.Enqueue(Outcome.Endless);
        await CancelAsync(engine);

        Assert.IsType<EngineEvent.Output>((await RunAsync(engine))[^1]);

        Assert.Equal(2, stub.Calls.Count(call => call == "DELETE /v1/videos/video_gen_1"));
    }

    [Fact]
    public async Task A_job_whose_create_call_was_cancelled_is_stopped_when_the_server_has_it()
    {
        var (stub, engine) = await StartAsync();
        stub.Created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var scratch = new TempFolder();
        var run = Task.Run(async () =>
        {
            await foreach (var _ in engine.RunAsync(Job(), scratch.Path, cancel.Token)) { }
        }, Cancel);
        await Eventually.TrueAsync(() => !stub.Requests.IsEmpty, Cancel);

        await cancel.CancelAsync();
        stub.Created.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Contains("DELETE /v1/videos/video_gen_1", stub.Calls);
    }

    [Theory]
    [InlineData(ServerStyle.VllmOmni, Form, "DELETE /v1/videos/video_gen_")]
    [InlineData(ServerStyle.LightX2v, VideoServers.LightX2v, "DELETE /v1/tasks/video_gen_")]
    internal async Task A_server_that_cannot_stop_a_job_gets_the_next_one_when_it_has_ended(
        ServerStyle style, string server, string delete)
    {
        var (stub, engine) = await StartAsync(style, server);
        stub.Outcomes.Enqueue(Outcome.Endless);
        await CancelAsync(engine);

        using (var room = engine.Reserve())
        {
            Assert.False(room.Has(engine.Parts[0]));
            Assert.DoesNotContain(delete + 1, stub.Calls);
            stub.Finish();
            await engine.RoomAsync(Cancel);
        }

        Assert.IsType<EngineEvent.Output>((await RunAsync(engine))[^1]);
        // The customer's files do not stay on the server.
        Assert.Contains(delete + 1, stub.Calls);
        Assert.Contains(delete + 2, stub.Calls);
    }

    [Fact]
    public async Task A_server_with_several_jobs_at_a_time_takes_others_while_a_cancelled_one_runs_on()
    {
        var (stub, engine) = await StartAsync(server: Form + "\"jobs\": 2,");
        stub.Outcomes.Enqueue(Outcome.Endless);
        await CancelAsync(engine);

        Assert.IsType<HealthState.Ready>(engine.Parts[0].State);
        Assert.IsType<EngineEvent.Output>((await RunAsync(engine))[^1]);
        Assert.DoesNotContain("DELETE /v1/videos/video_gen_1", stub.Calls);
    }

    [Fact]
    public async Task A_gateway_that_stops_leaves_a_cancelled_job_to_a_server_that_cannot_stop_it()
    {
        var (stub, engine) = await StartAsync(server: Form);
        stub.Outcomes.Enqueue(Outcome.Endless);
        await CancelAsync(engine);
        var room = engine.RoomAsync(Cancel);
        opened.Remove(engine);

        await engine.DisposeAsync();

        await room;
        Assert.DoesNotContain("DELETE /v1/videos/video_gen_1", stub.Calls);
    }

    [Fact]
    public async Task A_file_may_arrive_in_pieces()
    {
        var (stub, engine) = await StartAsync();
        stub.Outcomes.Enqueue(Outcome.Pieces);

        Assert.IsType<EngineEvent.Output>((await RunAsync(engine))[^1]);
    }

    [Fact]
    public async Task A_file_whose_transfer_stalls_is_fetched_again()
    {
        var clock = new FakeClock();
        var (stub, engine) = await StartAsync(clock: clock);
        stub.Outcomes.Enqueue(Outcome.Stalls);
        var run = RunAsync(engine);
        await stub.Stalled.WaitAsync(Cancel);

        await Eventually.TrueAsync(() =>
        {
            if (stub.Calls.Count(call => call.EndsWith("/content", StringComparison.Ordinal)) > 1) return true;
            clock.Advance(new VideoServerOptions().Call);
            return false;
        }, Cancel);

        Assert.IsType<EngineEvent.Output>((await run)[^1]);
    }

    [Fact]
    public async Task A_job_that_gateways_send_in_a_circle_fails_at_once()
    {
        var (stub, engine) = await StartAsync();
        stub.Outcomes.Enqueue(Outcome.Circle);

        var failed = Assert.IsType<EngineEvent.Failed>((await RunAsync(engine))[^1]);

        Assert.Equal(("forward_loop", Blame.Job), (failed.Error.Code, failed.Blame));
        Assert.Equal("1", stub.Requests.Last()["forwards"]);
    }

    [Fact]
    public async Task A_server_with_another_model_gets_no_jobs_and_the_reason_names_both()
    {
        var (stub, engine) = await StartAsync(check: false);
        stub.Served = "Other/Model";

        Assert.Equal(
            $"{stub.Url} serves Other/Model, but the engine file expects Test/Model (models.test.id)", await SickAsync(engine));
    }

    [Fact]
    public async Task A_key_that_is_rejected_makes_the_server_sick_and_never_goes_to_another_host()
    {
        Environment.SetEnvironmentVariable("VIDEO_SERVER_TEST_KEY", "secret-of-the-server");
        var (stub, engine) = await StartAsync(server: """
            "keyVariable": "VIDEO_SERVER_TEST_KEY", "body": "multipart", "resultHosts": ["127.0.0.1"],
            """, check: false);
        stub.Key = "another";
        Assert.Equal($"{stub.Url} rejects the key", await SickAsync(engine));

        stub.Key = "secret-of-the-server";
        var other = await VideoServerStub.StartAsync(ServerStyle.VllmOmni, Cancel);
        opened.Add(other);
        stub.ResultUrl = new Uri(other.Url, "v1/videos/1/content");
        await RunAsync(engine);

        Assert.Contains("Bearer secret-of-the-server", stub.Keys);
        Assert.NotEmpty(other.Calls);
        Assert.All(other.Keys, Assert.Empty);
    }

    [Fact]
    public async Task A_result_on_a_host_that_the_engine_file_does_not_name_is_not_fetched()
    {
        var (stub, engine) = await StartAsync();
        var other = await VideoServerStub.StartAsync(ServerStyle.VllmOmni, Cancel);
        opened.Add(other);
        stub.ResultUrl = new Uri(other.Url, "v1/videos/1/content");

        Assert.IsType<EngineEvent.Failed>((await RunAsync(engine))[^1]);

        Assert.Empty(other.Calls);
    }

    [Fact]
    public async Task A_server_whose_response_is_the_video_needs_no_polling()
    {
        var (stub, engine) = await StartAsync(ServerStyle.LocalAi, """
            "calls": { "create": "video", "status": null, "file": null, "delete": null },
            """);

        Assert.IsType<EngineEvent.Output>((await RunAsync(engine))[^1]);

        Assert.Equal("POST /video", stub.Calls.Last());
    }

    [Fact]
    public async Task A_server_that_does_not_respond_costs_the_job_nothing()
    {
        var (stub, engine) = await StartAsync();
        await stub.DisposeAsync();

        var failed = Assert.IsType<EngineEvent.Failed>((await RunAsync(engine))[^1]);

        Assert.True(failed.NeverStarted);
        Assert.IsType<HealthState.Away>(engine.Parts[0].State);
    }

    [Fact]
    public async Task Fields_have_the_model_s_sizes_and_what_the_job_does_not_have_is_left_out()
    {
        var (stub, engine) = await StartAsync();

        await RunAsync(engine);

        var sent = stub.Requests.Last();
        Assert.Equal(("208", "112", "17"), (sent["width"], sent["height"], sent["num_frames"]));
        Assert.Equal("a boat", sent["prompt"]);
        Assert.DoesNotContain("negative_prompt", sent.Keys);
        Assert.DoesNotContain("guidance_scale", sent.Keys);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var each in opened) await each.DisposeAsync();
        folder.Dispose();
    }

    private async Task<(VideoServerStub Stub, VideoServerEngine Engine)> StartAsync(
        ServerStyle style = ServerStyle.VllmOmni, string server = Vllm,
        bool check = true, TimeProvider? clock = null)
    {
        var stub = await VideoServerStub.StartAsync(style, Cancel);
        opened.Add(stub);
        var engine = VideoServers.Start(stub, folder, server, """
            "id": "Test/Model",
            "drawing": { "framesMultiple": 4, "sidesMultiple": 16 },
            "request": { "prompt": "{prompt}", "negative_prompt": "{negative_prompt}", "width": "{width}", "height": "{height}",
              "num_frames": "{frames}", "fps": "{fps}", "seed": "{seed}", "guidance_scale": "{number:guidance_scale}",
              "forwards": "{forwards}" }
            """, clock);
        opened.Insert(0, engine);
        if (check) await engine.ReadyAsync(Cancel);
        return (stub, engine);
    }

    private static async Task<string> SickAsync(VideoServerEngine engine)
    {
        var part = engine.Parts[0];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var ready = part.WaitUntilReadyAsync(stop.Token);
        while (part.Changed is var changed && part.State is not HealthState.Sick) await changed.WaitAsync(Cancel);
        await stop.CancelAsync();
        await ready.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return part.State.Problem!;
    }

    private static EngineJob Job()
    {
        var model = CatalogReader.Read().Find("wan22-fast-t2v")!;
        var format = new Rushes.Jobs.VideoFormat(200, 112, 16, 16);
        return new EngineJob(
            1, model, new Rushes.Jobs.RenderPlan(format, format), Rushes.Jobs.JobInput.Parse("""{"prompt":"a boat","seed":1}"""),
            new Dictionary<string, string>());
    }

    private static async Task<List<EngineEvent>> RunAsync(VideoServerEngine engine)
    {
        using var scratch = new TempFolder();
        var events = new List<EngineEvent>();
        await foreach (var happened in engine.RunAsync(Job(), scratch.Path, Cancel)) events.Add(happened);
        return events;
    }

    /// <summary>Cancels a job that runs.</summary>
    private static async Task CancelAsync(VideoServerEngine engine)
    {
        using var scratch = new TempFolder();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var happened in engine.RunAsync(Job(), scratch.Path, cancel.Token))
                if (happened is EngineEvent.Tasks) await cancel.CancelAsync();
        });
    }
}

internal static class VideoServers
{
    /// <summary>The calls of LightX2V's server, as a member of an engine file.</summary>
    public const string LightX2v = """
        "calls": { "create": "v1/tasks/video/", "status": "v1/tasks/{id}/status", "file": "v1/tasks/{id}/result",
          "delete": "v1/tasks/{id}", "models": null },
        """;

    /// <param name="server">Members of the engine file, each with its comma.</param>
    /// <param name="model">Members of the model besides the families.</param>
    /// <param name="clock">A fake clock goes with polls that have no pause.</param>
    public static VideoServerEngine Start(
        VideoServerStub stub, TempFolder folder, string server, string model, TimeProvider? clock = null)
    {
        var path = folder["server.json"];
        File.WriteAllText(path, $$"""
            {
              "servers": ["{{stub.Url}}"], {{server}}
              "models": { "test": { "serves": ["wan22-fast-t2v", "wan22-fast-i2v"], {{model}} } }
            }
            """);
        var file = VideoServerFileReader.Read(path, CatalogReader.Read().Families.ToHashSet());
        var minute = TimeSpan.FromMinutes(1);
        var options = clock is null
            ? new VideoServerOptions { Poll = TimeSpan.FromMilliseconds(10), Call = minute, Stop = minute }
            : new VideoServerOptions { Poll = TimeSpan.Zero };
        return new VideoServerEngine(file, stub.Url, clock ?? TimeProvider.System, NullLogger.Instance, options);
    }
}
