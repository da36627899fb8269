using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>What real servers told and answered, played to the whole engine in that order.</summary>
public sealed class RecordedRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("four-steps", "wan22_t2v_fast_00001_.mp4")]
    [InlineData("three-chunks", "wan22_s2v_fast_3chunk_00001_.mp4")]
    [InlineData("gifs", "vhs_combine_00001-audio.mp4")]
    [InlineData("with-sound", "core_00001_.mp4")]
    public async Task A_run_that_succeeded_ends_in_the_file_that_the_server_named(string excerpt, string file)
    {
        await using var bench = await StartAsync(excerpt);

        var (made, counts) = await RunAsync(bench);

        Assert.Equal(file, made);
        Assert.Single(bench.Stub.Prompts);
        Assert.Equal(counts.Order(), counts);
    }

    [Fact]
    public async Task A_clip_in_a_folder_is_named_as_a_server_took_it()
    {
        using var media = new TempFolder();
        await using var bench = await StartAsync("clip-in-folder", new Fill("data_uri", "source", "file"));
        File.WriteAllText(media["clip.mp4"], "a clip");
        var took = (string?)Read("clip-in-folder")["graph"]!["source"]!["inputs"]!["file"];

        var (made, _) = await RunAsync(bench, new Dictionary<string, string> { ["data_uri"] = media["clip.mp4"] });

        Assert.Equal("chain2_00001_.mp4", made);
        Assert.Equal(took, (string?)bench.Stub.Prompts.Single().Graph["source"]!["inputs"]!["file"]);
    }

    [Fact]
    public async Task A_socket_that_was_lost_and_comes_again_counts_on_from_where_the_run_is()
    {
        await using var bench = await StartAsync("reconnected");

        var (made, counts) = await RunAsync(bench);

        Assert.Equal("rc_00001_.mp4", made);
        Assert.Single(bench.Stub.Prompts);
        Assert.Equal((2, 1), (bench.Stub.ClientIds.Count, bench.Stub.ClientIds.Distinct().Count()));
        // Seven nodes and two steps; nobody is ever told of the next four.
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, 16, 17], counts.Take(14));
        Assert.Equal(counts.Order(), counts);
        Assert.Equal(32, counts[^1]);
    }

    [Fact]
    public async Task A_run_of_which_a_deaf_socket_told_nothing_is_found_at_its_end()
    {
        await using var bench = await StartAsync("overlapped");

        var (made, counts) = await RunAsync(bench);

        Assert.Equal("overlap_00001_.mp4", made);
        Assert.Equal([0, 4], counts);
        Assert.Single(bench.Stub.Prompts);
        Assert.Equal((2, 1), (bench.Stub.ClientIds.Count, bench.Stub.ClientIds.Distinct().Count()));
    }

    [Fact]
    public async Task A_socket_that_was_deaf_does_not_serve_the_next_prompt()
    {
        await using var bench = await StartAsync("overlapped");
        await RunAsync(bench);
        bench.Stub.Excerpts.Enqueue(Read("with-sound"));

        var (made, counts) = await RunAsync(bench);

        Assert.Equal("core_00001_.mp4", made);
        Assert.Equal([0, 1, 2, 3, 4, 4], counts);
        Assert.Equal(2, bench.Stub.ClientIds.Distinct().Count());
    }

    [Fact]
    public async Task Success_is_believed_when_history_has_it()
    {
        await using var bench = await StartAsync("success-before-history");

        var (made, _) = await RunAsync(bench);

        Assert.Equal("race0_00001_.mp4", made);
        var id = Assert.Single(bench.Stub.Prompts).Id;
        Assert.True(bench.Stub.Calls.Count(call => call == $"GET /history/{id}") >= 2);
    }

    [Fact]
    public async Task Cancelling_one_of_many_that_wait_leaves_the_others_in_their_order()
    {
        await using var bench = await StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var (run, others) = await QueueAsync(bench, cancel.Token);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        var id = bench.Stub.Prompts.Single().Id;
        Assert.Equal(others, Ids(bench.Stub.Queue));
        Assert.All(bench.Stub.Interrupts, about => Assert.Equal(id, about));
        Assert.Contains($"POST /api/jobs/{id}/cancel", bench.Stub.Calls);
        Assert.Contains("POST /queue", bench.Stub.Calls);
    }

    [Fact]
    public async Task What_someone_else_took_out_of_the_queue_is_sent_again_under_a_new_id()
    {
        await using var bench = await StartAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var (run, others) = await QueueAsync(bench, cancel.Token);
        using var someone = new HttpClient { BaseAddress = bench.Stub.Url };

        using (await someone.PostAsJsonAsync(
            "queue", new { delete = new[] { bench.Stub.Prompts.Single().Id, "no-such-id" } }, Cancel)) { }
        while (bench.Stub.Prompts.Count < 2) await bench.Stub.Looks.Reader.ReadAsync(Cancel);

        Assert.Equal([.. others, bench.Stub.Prompts.Last().Id], Ids(bench.Stub.Queue));
        Assert.Equal(2, bench.Stub.Prompts.Select(prompt => prompt.Id).Distinct().Count());
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    /// <summary>A job in the place that the deleted prompt had in the recorded queue, and the ids of all others.</summary>
    private static async Task<(Task<EngineEvent> Run, IReadOnlyList<string> Others)> QueueAsync(
        ComfyBench bench, CancellationToken cancel)
    {
        var recorded = Read("full-queue");
        var own = (string)recorded["deleted"]![0]!;
        Task<EngineEvent>? run = null;
        foreach (var item in recorded["queue"]!["queue_running"]!.AsArray()
            .Concat(recorded["queue"]!["queue_pending"]!.AsArray()))
        {
            if ((string?)item![1] != own)
            {
                bench.Stub.Add(item);
                continue;
            }
            run = bench.RunAsync(cancel: cancel);
            while (bench.Stub.Prompts.IsEmpty) await bench.Stub.Looks.Reader.ReadAsync(Cancel);
        }
        return (run!, [.. Ids(recorded["queue"]!).Where(id => id != own)]);
    }

    private static IReadOnlyList<string> Ids(JsonNode queue) =>
        [.. queue["queue_running"]!.AsArray().Concat(queue["queue_pending"]!.AsArray()).Select(item => (string)item![1]!)];

    /// <summary>An engine whose only workflow is the excerpt's graph; the shipped ones where there is no excerpt.</summary>
    private static async Task<ComfyBench> StartAsync(string? excerpt = null, params Fill[] fills)
    {
        if (excerpt is null) return await ComfyBench.StartAsync();
        var recorded = Read(excerpt);
        var workflow = new Workflow
        {
            Name = excerpt, Serves = [ComfyBench.Job().Model.Id], When = new Dictionary<string, bool>(), Output = "save",
            Fills = [new Fill(Filling.Prefix, "save", "filename_prefix"), .. fills],
            Graph = recorded["graph"]!.DeepClone().AsObject(),
        };
        foreach (var fill in fills) workflow.Graph[fill.Node]!["inputs"]![fill.Input] = "";
        // The recorded graphs were shortened to their links, so the nodes are described without the inputs that they need.
        var nodes = workflow.Graph.Select(node => (string)node.Value!["class_type"]!).Distinct();
        var bench = await ComfyBench.StartAsync(
            workflows: new WorkflowSet([workflow]),
            prepare: stub => stub.Described = new JsonObject(
                nodes.Select(type => KeyValuePair.Create(type, (JsonNode?)new JsonObject { ["input"] = new JsonObject() }))));
        bench.Stub.Excerpts.Enqueue(recorded);
        return bench;
    }

    /// <summary>
    /// The name of the file that was fetched, and every count of tasks that was told: the last one of all, once more, when
    /// the file is here.
    /// </summary>
    private static async Task<(string Made, IReadOnlyList<int> Counts)> RunAsync(
        ComfyBench bench, IReadOnlyDictionary<string, string>? files = null)
    {
        var counts = new List<int>();
        var job = ComfyBench.Job();
        var last = await bench.RunAsync(
            files is null ? job : job with { Files = files },
            on: update => counts.AddRange(update is EngineEvent.Tasks tasks ? [tasks.Done] : []))
            .WaitAsync(TimeSpan.FromMinutes(5), Cancel);
        return (await File.ReadAllTextAsync(Assert.IsType<EngineEvent.Output>(last).Path, Cancel), counts);
    }

    private static JsonNode Read(string excerpt) =>
        JsonNode.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Engines", "Comfy", "Excerpts", $"{excerpt}.json")))!;
}
