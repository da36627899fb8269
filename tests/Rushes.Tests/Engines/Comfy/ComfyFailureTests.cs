using System.Text.Json.Nodes;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>The known failures of ComfyUI servers, and how the engine handles them.</summary>
public sealed class ComfyFailureTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_torn_socket_costs_nothing()
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.Fates.Enqueue(Fate.DropSocket);

        Assert.IsType<EngineEvent.Output>(await bench.RunAsync());

        Assert.Single(bench.Stub.Prompts);
    }

    [Fact]
    public async Task A_deaf_socket_is_closed_and_the_next_one_hears_the_rest()
    {
        await using var bench = await ComfyBench.StartAsync(
            with: options => options with { Silence = TimeSpan.FromMilliseconds(200) });
        bench.Stub.Fates.Enqueue(Fate.Deafen);
        var done = 0;

        Assert.IsType<EngineEvent.Output>(
            await bench.RunAsync(on: update => done = update is EngineEvent.Tasks tasks ? tasks.Done : done));

        Assert.True(bench.Stub.ClientIds.Count >= 2);
        Assert.Single(bench.Stub.ClientIds.Distinct());
    }

    [Fact]
    public async Task Every_prompt_has_an_id_and_an_output_name_of_its_own_and_the_socket_serves_one_after_the_other()
    {
        await using var bench = await ComfyBench.StartAsync();

        // The same job twice: the second would come from the cache and name the first one's file.
        Assert.IsType<EngineEvent.Output>(await bench.RunAsync());
        Assert.IsType<EngineEvent.Output>(await bench.RunAsync());

        Assert.Single(bench.Stub.ClientIds);
        Assert.Equal(2, bench.Stub.Prompts.Select(prompt => prompt.Id).Distinct().Count());
        Assert.Equal(
            2,
            bench.Stub.Prompts.Select(prompt => (string?)prompt.Graph["save"]!["inputs"]!["filename_prefix"]).Distinct().Count());
    }

    [Fact]
    public async Task Two_prompts_at_once_have_a_socket_each()
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.Fates.Enqueue(Fate.Linger);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var first = bench.RunAsync(cancel: stop.Token);
        await Eventually.TrueAsync(() => bench.Stub.Prompts.Count == 1, Cancel);
        var second = bench.RunAsync(ComfyBench.Job(seed: 2), cancel: stop.Token);
        await Eventually.TrueAsync(() => bench.Stub.Prompts.Count == 2, Cancel);

        Assert.Equal(2, bench.Stub.Prompts.Select(prompt => prompt.ClientId).Distinct().Count());
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task A_socket_that_was_torn_while_it_rested_is_replaced()
    {
        await using var bench = await ComfyBench.StartAsync();
        Assert.IsType<EngineEvent.Output>(await bench.RunAsync());
        bench.Stub.TearSockets();

        var done = 0;
        Assert.IsType<EngineEvent.Output>(
            await bench.RunAsync(ComfyBench.Job(seed: 2), on: update => done = update is EngineEvent.Tasks tasks
                ? tasks.Done : done));

        Assert.True(done > 0);
    }

    [Fact]
    public async Task A_prompt_that_waits_behind_another_lives_as_long_as_that_one_gets_on()
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.Fates.Enqueue(Fate.Crawl);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var begun = new TaskCompletionSource();
        var first = bench.RunAsync(
            on: update => _ = update is EngineEvent.Tasks { Done: > 0 } && begun.TrySetResult(), cancel: enough.Token);
        await begun.Task.WaitAsync(Cancel);

        var signs = 0;
        var second = bench.RunAsync(on: _ => signs += signs == 5 ? Stop() : 1, cancel: enough.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        Assert.True(signs >= 5);
        Assert.DoesNotContain(bench.Stub.Interrupts, id => id == "everything");

        int Stop()
        {
            enough.Cancel();
            return 1;
        }
    }

    [Fact]
    public async Task A_prompt_that_a_restart_lost_is_sent_again_under_a_new_id()
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.Fates.Enqueue(Fate.Restart);
        var progress = new List<int>();

        Assert.IsType<EngineEvent.Output>(
            await bench.RunAsync(on: update => progress.AddRange(update is EngineEvent.Tasks tasks ? [tasks.Done] : [])));

        Assert.Equal(2, bench.Stub.Prompts.Select(prompt => prompt.Id).Distinct().Count());
        Assert.Equal(progress.Order(), progress);
    }

    [Fact]
    public async Task A_prompt_that_is_lost_again_and_again_fails_the_attempt()
    {
        await using var bench = await ComfyBench.StartAsync();
        for (var time = 0; time < 3; time++) bench.Stub.Fates.Enqueue(Fate.Restart);

        var failed = Assert.IsType<EngineEvent.Failed>(await bench.RunAsync());

        Assert.Equal(Blame.Engine, failed.Blame);
        Assert.Contains("lost the job 3 times", failed.Error.Message, StringComparison.Ordinal);
        Assert.Equal(3, bench.Stub.Prompts.Count);
    }

    [Fact]
    public async Task A_prompt_whose_answer_was_lost_is_found_and_not_sent_twice()
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.Fates.Enqueue(Fate.AnswerLost);

        Assert.IsType<EngineEvent.Output>(await bench.RunAsync());

        Assert.Single(bench.Stub.Prompts);
    }

    [Fact]
    public async Task Memory_that_ran_out_once_is_freed_and_the_job_runs_again()
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.Fates.Enqueue(Fate.OutOfMemory);

        Assert.IsType<EngineEvent.Output>(await bench.RunAsync());

        Assert.Contains("POST /free", bench.Stub.Calls);
    }

    [Fact]
    public async Task Memory_that_ran_out_twice_is_the_reason_told()
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.Fates.Enqueue(Fate.OutOfMemory);
        bench.Stub.Fates.Enqueue(Fate.OutOfMemory);

        var failed = Assert.IsType<EngineEvent.Failed>(await bench.RunAsync());

        Assert.Equal(("out_of_memory", Blame.Engine), (failed.Error.Code, failed.Blame));
        Assert.Equal(2, bench.Stub.Prompts.Count);
    }

    [Fact]
    public async Task A_prompt_taken_in_part_is_cancelled_and_fails()
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.Fates.Enqueue(Fate.TakenPartly);

        var failed = Assert.IsType<EngineEvent.Failed>(await bench.RunAsync());

        Assert.Equal(Blame.Engine, failed.Blame);
        Assert.Contains("Value not in list: format: 'avi' (save, SaveVideo)", failed.Error.Message, StringComparison.Ordinal);
        // It was interrupted, or deleted before it began.
        Assert.Single(bench.Stub.Prompts);
        Assert.Empty(bench.Stub.Queue["queue_running"]!.AsArray());
        Assert.Empty(bench.Stub.Queue["queue_pending"]!.AsArray());
    }

    [Theory]
    [InlineData(nameof(Fate.Rejected), "Exception when validating inner node")]
    [InlineData(nameof(Fate.Break), "KSamplerAdvanced broke: cannot read 'a file'")]
    [InlineData(nameof(Fate.Interrupted), "interrupted")]
    public async Task A_failure_is_told_without_the_server_s_paths(string fate, string reason)
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.Fates.Enqueue(Enum.Parse<Fate>(fate));

        var failed = Assert.IsType<EngineEvent.Failed>(await bench.RunAsync());

        Assert.Contains(reason, failed.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/opt", failed.Error.Message, StringComparison.Ordinal);
        Assert.Equal(Blame.Engine, failed.Blame);
        Assert.Equal(0, bench.Stub.Remembered);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_ends_when_the_prompt_has_left_the_server(bool byJob)
    {
        await using var bench = await ComfyBench.StartAsync(cancelsByJob: byJob);
        bench.Stub.Fates.Enqueue(Fate.Linger);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.RunAsync(
            on: update => { if (update is EngineEvent.Preview) cancel.Cancel(); }, cancel: cancel.Token));

        Assert.Empty(bench.Stub.Queue["queue_running"]!.AsArray());
        Assert.Equal(0, bench.Stub.Remembered);
        Assert.DoesNotContain("everything", bench.Stub.Interrupts);
        Assert.Equal(byJob, bench.Stub.Interrupts.IsEmpty);
    }

    [Fact]
    public async Task A_prompt_that_stops_slowly_is_waited_for()
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.Fates.Enqueue(Fate.StopSlowly);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.RunAsync(
            on: update => { if (update is EngineEvent.Preview) cancel.Cancel(); }, cancel: cancel.Token));

        Assert.Empty(bench.Stub.Queue["queue_running"]!.AsArray());
        Assert.Equal(0, bench.Stub.Remembered);
        Assert.True(bench.Stub.Interrupts.Count >= 2);
        Assert.All(bench.Stub.Interrupts, id => Assert.Equal(bench.Stub.Prompts.Single().Id, id));
    }

    [Fact]
    public async Task A_prompt_that_will_not_stop_is_left_behind_after_a_while()
    {
        await using var bench = await ComfyBench.StartAsync(
            with: options => options with { CancelWait = TimeSpan.FromMilliseconds(200) });
        bench.Stub.Fates.Enqueue(Fate.Hang);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var run = bench.RunAsync(cancel: cancel.Token);
        while (bench.Stub.Prompts.IsEmpty) await bench.Stub.Looks.Reader.ReadAsync(Cancel);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        bench.Stub.Restart();
    }

    [Fact]
    public async Task Cancelling_what_only_waits_leaves_alone_what_runs()
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.InterruptsWhateverRuns = true;
        bench.Stub.Fates.Enqueue(Fate.Linger);
        using var first = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        using var second = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = new TaskCompletionSource();
        var one = bench.RunAsync(
            on: update => { if (update is EngineEvent.Preview) running.TrySetResult(); }, cancel: first.Token);
        await running.Task.WaitAsync(Cancel);

        var two = bench.RunAsync(ComfyBench.Job(seed: 2), cancel: second.Token);
        while (bench.Stub.Prompts.Count < 2) await bench.Stub.Looks.Reader.ReadAsync(Cancel);
        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);

        Assert.Single(bench.Stub.Queue["queue_running"]!.AsArray());
        Assert.Empty(bench.Stub.Queue["queue_pending"]!.AsArray());
        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
    }

    [Fact]
    public async Task A_server_without_progress_fails_the_job_and_gets_no_other_until_it_works()
    {
        var clock = new PollingClock(TimeSpan.FromSeconds(2));
        await using var bench = await ComfyBench.StartAsync(clock: clock, with: options => options with { Poll = clock.Poll });
        bench.Stub.Fates.Enqueue(Fate.Hang);

        var failed = Assert.IsType<EngineEvent.Failed>(await bench.RunAsync());

        Assert.Equal(Blame.Engine, failed.Blame);
        Assert.Contains("no progress for 10 minutes", failed.Error.Message, StringComparison.Ordinal);
        Assert.False(bench.Part.State.TakesJobs);
        var ready = bench.Engine.ReadyAsync(Cancel);
        while (bench.Stub.Looks.Reader.TryRead(out _)) { }
        for (var look = 0; look < 5; look++) await bench.Stub.Looks.Reader.ReadAsync(Cancel);
        Assert.False(ready.IsCompleted);
        bench.Stub.Restart();
        await ready;
        Assert.True(bench.Part.State.TakesJobs);
        Assert.Contains(bench.Stub.Prompts, prompt => prompt.IsProbe);
    }

    [Fact]
    public async Task A_server_whose_worker_thread_is_dead_fails_the_job_and_gets_no_other()
    {
        var clock = new PollingClock(TimeSpan.FromSeconds(2));
        await using var bench = await ComfyBench.StartAsync(clock: clock, with: options => options with { Poll = clock.Poll });
        bench.Stub.Dead = true;

        var failed = Assert.IsType<EngineEvent.Failed>(await bench.RunAsync());

        Assert.Equal(Blame.Engine, failed.Blame);
        Assert.Contains("no progress for 10 minutes", failed.Error.Message, StringComparison.Ordinal);
        Assert.False(bench.Part.State.TakesJobs);
        var ready = bench.Engine.ReadyAsync(Cancel);
        while (!bench.Stub.Prompts.Any(prompt => prompt.IsProbe)) await bench.Stub.Looks.Reader.ReadAsync(Cancel);
        Assert.False(ready.IsCompleted);
        bench.Stub.Dead = false;
        await ready;
        Assert.True(bench.Part.State.TakesJobs);
    }

    [Fact]
    public async Task A_prompt_behind_another_client_s_waits_as_long_as_that_takes()
    {
        var clock = new PollingClock(TimeSpan.FromSeconds(2));
        await using var bench = await ComfyBench.StartAsync(
            clock: clock, with: options => options with { Poll = clock.Poll, Stall = TimeSpan.FromSeconds(20) });
        var other = await OccupyAsync(bench.Stub);
        var events = new System.Collections.Concurrent.ConcurrentQueue<EngineEvent>();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var run = bench.RunAsync(on: events.Enqueue, cancel: enough.Token);
        while (bench.Part.State is not HealthState.Busy) await bench.Stub.Looks.Reader.ReadAsync(Cancel);
        // Each look is two seconds after the one before.
        for (var look = 0; look < 15; look++) await bench.Stub.Looks.Reader.ReadAsync(Cancel);
        Assert.False(run.IsCompleted);
        Assert.Contains("busy with others", bench.Part.State.Problem, StringComparison.Ordinal);
        Assert.Contains(new EngineEvent.Waiting(), events);
        Assert.Contains(new EngineEvent.Stage("waiting for another client's prompt"), events);

        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(other, (string?)Assert.Single(bench.Stub.Queue["queue_running"]!.AsArray())![1]);
    }

    [Fact]
    public async Task A_prompt_behind_another_client_s_runs_when_that_one_has_ended()
    {
        await using var bench = await ComfyBench.StartAsync();
        var other = await OccupyAsync(bench.Stub);

        var run = bench.RunAsync();
        while (bench.Part.State is not HealthState.Busy) await bench.Stub.Looks.Reader.ReadAsync(Cancel);
        bench.Stub.End(other);

        Assert.IsType<EngineEvent.Output>(await run);
        Assert.Single(bench.Stub.Prompts);
    }

    [Fact]
    public async Task A_server_that_works_for_others_is_checked_without_a_prompt()
    {
        await using var bench = await ComfyBench.StartAsync();
        await OccupyAsync(bench.Stub);

        bench.Part.Break("a test broke it");
        await bench.Engine.ReadyAsync(Cancel);

        Assert.True(bench.Part.State.TakesJobs);
        Assert.Empty(bench.Stub.Prompts);
        Assert.Single(bench.Stub.Queue["queue_running"]!.AsArray());
    }

    [Fact]
    public async Task A_server_that_accepts_connections_and_answers_nothing_counts_as_away_after_one_call()
    {
        await using var bench = await ComfyBench.StartAsync(
            with: options => options with { Call = TimeSpan.FromSeconds(1), Away = TimeSpan.FromSeconds(1) });
        bench.Stub.Hung = true;

        var failed = Assert.IsType<EngineEvent.Failed>(await bench.RunAsync());

        Assert.Equal((Blame.Engine, false), (failed.Blame, failed.NeverStarted));
        Assert.Contains("stopped answering", failed.Error.Message, StringComparison.Ordinal);
        Assert.Contains("no answer within 1 seconds", Assert.IsType<HealthState.Away>(bench.Part.State).Reason,
            StringComparison.Ordinal);
        bench.Stub.Hung = false;
    }

    [Fact]
    public async Task A_job_for_a_server_that_nobody_listens_at_was_never_started()
    {
        await using var bench = await ComfyBench.StartAsync();
        await bench.Stub.StopAsync();

        var failed = Assert.IsType<EngineEvent.Failed>(await bench.RunAsync());

        Assert.Equal((Blame.Engine, true), (failed.Blame, failed.NeverStarted));
        Assert.IsType<HealthState.Away>(bench.Part.State);
    }

    [Fact]
    public async Task A_file_that_the_server_no_longer_has_is_the_reason_and_not_its_silence()
    {
        await using var bench = await ComfyBench.StartAsync();
        bench.Stub.LosesFiles = true;

        var failed = Assert.IsType<EngineEvent.Failed>(await bench.RunAsync());

        Assert.Equal(Blame.Engine, failed.Blame);
        Assert.Contains("no longer has the file", failed.Error.Message, StringComparison.Ordinal);
        Assert.True(bench.Part.State.TakesJobs);
    }

    [Fact]
    public async Task Numbers_that_JSON_does_not_have_are_read_all_the_same()
    {
        await using var bench = await ComfyBench.StartAsync(prepare: stub => stub.WritesNaN = true);

        Assert.IsType<EngineEvent.Output>(await bench.RunAsync());
    }

    [Fact]
    public void Model_files_are_found_and_sent_in_the_server_s_spelling()
    {
        var spellings = new Spellings();
        Assert.True(spellings.Find("VAELoader", "vae_name", "wan/a.safetensors", ["b.safetensors", @"wan\a.safetensors"]));
        Assert.False(spellings.Find("VAELoader", "vae_name", "wan/c.safetensors", [@"wan\a.safetensors"]));
        var graph = (JsonObject)JsonNode.Parse(
            """{"vae": {"class_type": "VAELoader", "inputs": {"vae_name": "wan/a.safetensors","""
                + """ "other": "wan/a.safetensors"}}}""")!;

        spellings.Apply(graph);

        Assert.Equal(@"wan\a.safetensors", (string?)graph["vae"]!["inputs"]!["vae_name"]);
        Assert.Equal("wan/a.safetensors", (string?)graph["vae"]!["inputs"]!["other"]);
    }

    /// <summary>Has another client's prompt run until it is ended.</summary>
    private static async Task<string> OccupyAsync(ComfyStub stub)
    {
        var id = Guid.NewGuid().ToString();
        var job = ComfyBench.Job(seed: 99);
        var graph = Filling.Fill(WorkflowReader.Read().For(job)!, job, new Dictionary<string, string>(), "theirs");
        stub.Add(new JsonArray(1, id, graph, new JsonObject { ["client_id"] = "another" }, new JsonArray()));
        await Eventually.TrueAsync(() => stub.Queue["queue_running"]!.AsArray().Count > 0, Cancel);
        return id;
    }

    [Fact]
    public async Task A_file_is_uploaded_under_the_same_name_whenever_its_job_is_tried()
    {
        await using var bench = await ComfyBench.StartAsync();
        using var media = new TempFolder();
        var job = ComfyBench.Job("wan22-fast-i2v") with
        {
            Files = new Dictionary<string, string> { ["data_uri"] = await SampleMedia.PictureAsync(media) },
        };
        var other = job with
        {
            Files = new Dictionary<string, string> { ["data_uri"] = await SampleMedia.PictureAsync(media, "b.png", width: 64) },
        };

        await bench.RunAsync(job);
        await bench.RunAsync(job);
        await bench.RunAsync(other);

        var names = bench.Stub.Prompts.Select(prompt => (string?)prompt.Graph["first_picture"]!["inputs"]!["image"]).ToList();
        Assert.Equal(3, names.Count);
        Assert.Equal(names[0], names[1]);
        Assert.NotEqual(names[0], names[2]);
    }

    [Fact]
    public async Task A_file_that_is_too_large_for_the_server_is_named()
    {
        await using var bench = await ComfyBench.StartAsync();
        using var media = new TempFolder();
        bench.Stub.Uploads = false;
        var job = ComfyBench.Job("wan22-fast-i2v") with
        {
            Files = new Dictionary<string, string> { ["data_uri"] = await SampleMedia.PictureAsync(media) },
        };

        var failed = Assert.IsType<EngineEvent.Failed>(await bench.RunAsync(job));

        Assert.Equal(Blame.Job, failed.Blame);
        Assert.Contains("data_uri is larger than the ComfyUI server takes", failed.Error.Message, StringComparison.Ordinal);
        Assert.Empty(bench.Stub.Prompts);
    }

    [Fact]
    public async Task A_server_that_is_away_is_asked_until_it_answers()
    {
        var missing = new Uri("http://127.0.0.1:9/");
        await using var engine = new ComfyEngine(
            new ComfyOptions
            {
                Server = missing, Poll = TimeSpan.FromMilliseconds(20),
            }, WorkflowReader.Read(), Rushes.Catalog.CatalogReader.Read(), TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<ComfyEngine>.Instance);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var ready = engine.ReadyAsync(cancel.Token);

        Assert.False(engine.Serves(ComfyBench.Job().Model));
        var part = Assert.Single(engine.Parts);
        await Eventually.TrueAsync(
            () => part.State is HealthState.Away away && !away.Reason.Contains("not checked", StringComparison.Ordinal), Cancel);
        Assert.StartsWith(
            "the ComfyUI server http://127.0.0.1:9/ did not respond (", part.State.Problem, StringComparison.Ordinal);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ready);
    }
}
