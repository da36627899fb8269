using System.Text.Json.Nodes;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.Comfy;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

public sealed class WorkflowTests
{
    [Theory]
    [InlineData("wan22-fast-t2v", false, false, "wan22-t2v-fast")]
    [InlineData("wan22-fast-t2v-premium", true, false, "wan22-t2v")]
    [InlineData("wan22-fast-t2v-fp8", false, false, "wan22-t2v-fast")]
    [InlineData("wan22-t2v-fp8", false, false, "wan22-t2v")]
    [InlineData("wan22-fast-i2v", false, false, "wan22-i2v-fast")]
    [InlineData("wan22-i2v-fp8", false, false, "wan22-i2v")]
    [InlineData("wan22-fast-i2v", false, true, "wan22-flf2v-fast")]
    [InlineData("wan22-fast-i2v", true, true, "wan22-flf2v")]
    [InlineData("wan22-i2v-fp8", false, true, "wan22-flf2v")]
    [InlineData("wan22-s2v-fast", false, false, "wan22-s2v-fast")]
    [InlineData("wan22-s2v-pro", true, false, "wan22-s2v")]
    [InlineData("ltx2-t2v", false, false, "ltx2-t2v")]
    [InlineData("hunyuan15-i2v", false, false, "hunyuan15-i2v")]
    [InlineData("wan21-vace", false, false, "wan21-vace")]
    [InlineData("minimax-h3-i2v", false, false, "minimax-h3-i2v")]
    [InlineData("minimax-h3-i2v", false, true, "minimax-h3-flf2v")]
    [InlineData("minimax-h3-ref2v", false, false, "minimax-h3-ref2v")]
    [InlineData("hunyuan-foley", false, false, "hunyuan-foley")]
    [InlineData("hunyuan-foley", true, false, "hunyuan-foley-more")]
    public void A_job_runs_by_the_workflow_whose_conditions_it_meets(string model, bool quality, bool last, string workflow)
    {
        var job = ComfyBench.Job(model, input: new { prompt = "a", higher_quality_with_more_steps = quality });
        if (last)
            job = job with { Files = new Dictionary<string, string> { ["data_uri"] = "a.png", ["second_image_uri"] = "b.png" } };

        Assert.Equal(workflow, WorkflowReader.Read().For(job)?.Name);
    }

    /// <summary>
    /// A video is copied into the result if it has the size and number of frames that were asked for, and foley takes the picture
    /// of its clip.
    /// </summary>
    [Fact]
    public void The_documentation_counts_the_workflows_whose_results_are_copied()
    {
        var catalog = CatalogReader.Read();
        var all = WorkflowReader.Read().All;
        var copied = all.Where(workflow => workflow.Name.StartsWith("hunyuan-foley", StringComparison.Ordinal)
            || workflow.Fills.Any(fill => fill is { Value: "exact_frames", Node: "trim" })).ToList();
        var atEverySize = copied.Where(workflow => catalog.Models
            .Where(model => workflow.Serves.Contains(model.Family.Name))
            .All(model => model.Kind == ModelKind.Foley || (model.Kind == ModelKind.TextToVideo && model.Family.Sizes.All(size =>
                size.Width % model.Family.SideStep == 0 && size.Height % model.Family.SideStep == 0)))).ToList();

        var page = File.ReadAllText(Path.Combine(Docs.Pages.Root, "docs", "operate", "comfyui.md"));
        Assert.Contains(
            $"{copied.Count} of the {all.Count} built-in workflows", page, StringComparison.Ordinal);
        Assert.Contains($"{atEverySize.Count} of them at every size", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_of_a_field_that_was_not_sent_are_left_out()
    {
        var job = ComfyBench.Job("minimax-h3-ref2v");
        var workflow = WorkflowReader.Read().For(job)!;

        var graph = Filling.Fill(workflow, job, new Dictionary<string, string> { ["reference_clip_uri"] = "a.mp4" }, "p");

        Assert.Equal("a.mp4", (string?)graph["reference_clip"]!["inputs"]!["file"]);
        Assert.False(graph.ContainsKey("reference_sound"));
        Assert.Equal(
            ["ref_image_size", "ref_images.ref_image_0", "ref_videos.ref_video_0", "ref_video_audios.ref_video_audio_0"],
            graph["guide"]!["inputs"]!.AsObject().Select(input => input.Key).Where(
                input => input.StartsWith("ref_", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(16, 1)]
    [InlineData(78, 1)]
    [InlineData(79, 2)]
    [InlineData(238, 3)]
    [InlineData(480, 7)]
    public void Sound_to_video_has_a_chunk_for_every_80_frames_less_two(int frames, int chunks)
    {
        var job = ComfyBench.Job("wan22-s2v-fast");
        job = job with { Plan = job.Plan with { Render = job.Plan.Render with { Frames = frames } } };

        var graph = Filling.Fill(WorkflowReader.Read().For(job)!, job, new Dictionary<string, string>(), "p");

        Assert.Equal(chunks, graph.Count(node => (string?)node.Value!["class_type"] == "KSampler"));
        Assert.Equal(frames, (int?)graph["trim"]!["inputs"]!["length"]);
        Assert.DoesNotContain(
            graph,
            node => node.Key.Contains('#', StringComparison.Ordinal) || node.Value!.ToJsonString().Contains(
                "\"@", StringComparison.Ordinal));
        Assert.Equal(chunks == 1 ? "sample_1" : $"joined_{chunks}", (string?)graph["led_in"]!["inputs"]!["samples2"]![0]);
        for (var chunk = 1; chunk <= chunks; chunk++) Assert.Equal(chunk, (long?)graph[$"sample_{chunk}"]!["inputs"]!["seed"]);
    }

    [Fact]
    public void The_greatest_seed_arrives_whole()
    {
        var job = ComfyBench.Job(seed: long.MaxValue);
        var graph = Filling.Fill(WorkflowReader.Read().For(job)!, job, new Dictionary<string, string>(), "p");
        Assert.Contains("\"noise_seed\":9223372036854775807", graph.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_server_lacks_is_named_with_the_models_it_stops()
    {
        await using var bench = await ComfyBench.StartAsync(prepare: stub =>
        {
            stub.Missing.Add("wan2.2_t2v_lightx2v_4steps_lora_v1.1_low_noise.safetensors");
            stub.Missing.Add("HunyuanFoleySampler");
            stub.Missing.Add("wav2vec2_large_english_fp16.safetensors");
        });
        var catalog = CatalogReader.Read();

        Assert.Equal(
            [
                "model file models/loras/wan2.2_t2v_lightx2v_4steps_lora_v1.1_low_noise.safetensors is missing "
                    + "(node LoraLoaderModelOnly)",
            ],
            bench.Engine.Lacks!["wan22-t2v-fast"]);
        Assert.Equal(
            ["the node pack ComfyUI-HunyuanVideo-Foley is not installed (HunyuanFoleySampler)"],
            bench.Engine.Lacks["hunyuan-foley"]);
        Assert.Equal(
            ["model file models/audio_encoders/wav2vec2_large_english_fp16.safetensors is missing (node AudioEncoderLoader)"],
            bench.Engine.Lacks["wan22-s2v"]);
        Assert.Single(
            bench.Engine.Wants,
            want => want.StartsWith(
                "the node pack ComfyUI-HunyuanVideo-Foley is not installed (HunyuanFoleySampler); it cannot make hunyuan-foley",
                StringComparison.Ordinal));
        var want = Assert.Single(
            bench.Engine.Wants,
            want => want.Contains("wan2.2_t2v_lightx2v_4steps_lora_v1.1_low_noise", StringComparison.Ordinal));
        Assert.Contains("; it cannot make wan22-fast-t2v, wan22-fast-t2v-pro, ", want, StringComparison.Ordinal);
        Assert.Equal(3, bench.Engine.Wants.Count);
        Assert.Equal(
            ["wan22-t2v-fp8", "wan22-fast-i2v", "wan22-fast-i2v-pro", "wan22-fast-i2v-premium",
            "wan22-fast-i2v-fp8", "wan22-i2v-fp8", "ltx2-t2v", "ltx2-i2v", "hunyuan15-t2v", "hunyuan15-i2v",
                "minimax-h3-t2v", "minimax-h3-i2v", "minimax-h3-ref2v", "wan21-infinitetalk", "wan22-extend", "wan21-vace",
                "wan22-animate", "seedvr2"],
            catalog.Models.Where(bench.Engine.Serves).Select(model => model.Id));
    }

    [Fact]
    public async Task A_model_of_one_s_own_is_a_workflow_file_and_a_catalog_entry()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["catalog.json"], """
            { "families": { "mine": { "like": "wan22-t2v-fp8", "models": { "my-model": { "tier": "base" } },
                "parameters": { "prompt": { "required": true },
                  "guidance": { "type": "number", "min": 1, "max": 9, "default": 4 } } } } }
            """);
        Directory.CreateDirectory(folder["workflows"]);
        File.WriteAllText(folder["workflows/mine.json"], """
            {
              // Eight steps, and a field of its own.
              "like": "wan22-t2v", "serves": ["mine"],
              "set": { "sample_high.steps": 8, "sample_high.end_at_step": 4,
                "sample_low.steps": 8, "sample_low.start_at_step": 4 },
              "fill": {
                "prompt": "positive.text", "seed": "sample_high.noise_seed",
                "width": "latent.width", "height": "latent.height", "frames": "latent.length",
                "guidance": ["sample_high.cfg", "sample_low.cfg"], "prefix": "save.filename_prefix"
              }
            }
            """);
        var catalog = CatalogReader.Read(folder["catalog.json"]);
        await using var bench = await ComfyBench.StartAsync(
            workflows: WorkflowReader.Read(folder["workflows"]), catalog: catalog);

        var last = await bench.RunAsync(
            ComfyBench.Job("my-model", catalog: catalog, input: new { prompt = "a", seed = 1, guidance = 2.5 }));

        Assert.IsType<EngineEvent.Output>(last);
        var sampler = bench.Stub.Prompts.Single().Graph["sample_low"]!["inputs"]!;
        Assert.Equal((8, 2.5), ((int)sampler["steps"]!, (double)sampler["cfg"]!));
    }

    [Fact]
    public async Task A_missing_node_pack_is_named_once()
    {
        await using var bench = await ComfyBench.StartAsync(prepare: stub =>
        {
            foreach (var node in new[] { "HunyuanFoleySampler", "HunyuanModelLoader", "HunyuanDependenciesLoader" })
                stub.Missing.Add(node);
        });

        Assert.StartsWith(
            "the node pack ComfyUI-HunyuanVideo-Foley is not installed "
            + "(HunyuanDependenciesLoader, HunyuanFoleySampler, HunyuanModelLoader); it cannot make hunyuan-foley",
            Assert.Single(bench.Engine.Wants), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "set": { "latent.lenght": 49 } }""",
        "node \"latent\" (EmptyHunyuanLatentVideo) has no input lenght (did you mean length?)")]
    [InlineData("""{ "set": { "video.crf": 1, "video.images2": 1 } }""", null)]
    [InlineData("""{ "fill": { "width": "latent.wdth", "prefix": "save.filename_prefix" } }""",
        "node \"latent\" (EmptyHunyuanLatentVideo) has no input wdth (did you mean width?)")]
    [InlineData("""{ "fill": { "frames": "latent.duration", "prefix": "save.filename_prefix" } }""",
        "has no input duration; it has width, height, length, batch_size")]
    [InlineData(
        """{ "graph": { "latent": { "class_type": "EmptyHunyuanLatentVideo", "inputs": { "width": 16, "height": 16, """
        + """ "batch_size": 1 } }, "save": { "class_type": "SaveLatent", "inputs": { "samples": ["latent", 0], """
        + """ "filename_prefix": "" } } }, "fill": { "prefix": "save.filename_prefix" } }""",
        "node \"latent\" (EmptyHunyuanLatentVideo) needs the input length")]
    [InlineData("""{ "set": { "video.images": ["trim", 1] } }""",
        "images of node \"video\" is linked to output 1 of \"trim\", which has 1 outputs, from 0")]
    public async Task Mistakes_in_a_workflow_of_one_s_own_are_found_before_the_first_job(string text, string? mistake)
    {
        using var folder = new TempFolder();
        var file = JsonNode.Parse(text)!.AsObject();
        (file["like"], file["serves"]) = ("wan22-t2v", new JsonArray("wan22-t2v-fp8"));
        File.WriteAllText(folder["mine.json"], file.ToJsonString());

        await using var bench = await ComfyBench.StartAsync(
            workflows: WorkflowReader.Read(folder.Path), prepare: stub => stub.Described = DescribedNodes());

        var found = bench.Engine.Lacks!["mine"].Except(bench.Engine.Lacks["wan22-t2v"]).ToList();
        if (mistake is null) Assert.Empty(found);
        else Assert.Contains(mistake, Assert.Single(found), StringComparison.Ordinal);
        // That server has the nodes, and no model files.
        Assert.All(
            bench.Engine.Lacks["wan22-t2v"], lack => Assert.StartsWith("model file ", lack, StringComparison.Ordinal));
    }

    /// <summary>The nodes of a real server in the form of <c>/object_info</c>, without choices.</summary>
    private static JsonObject DescribedNodes()
    {
        var nodes = JsonNode.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Engines", "Comfy", "Excerpts", "nodes.json")))!.AsObject();
        var described = new JsonObject
        {
            ["SaveLatent"] = Node(new JsonObject { ["samples"] = "LATENT", ["filename_prefix"] = "STRING" }, new JsonArray()),
        };
        foreach (var (type, node) in nodes) described[type] = Node(node!["in"]!.AsObject(), node["out"]!.AsArray());
        return described;

        static JsonObject Node(JsonObject inputs, JsonArray outputs)
        {
            var (required, optional) = (new JsonObject(), new JsonObject());
            foreach (var (name, type) in inputs)
                (type!.ToJsonString().Contains('?', StringComparison.Ordinal) ? optional : required)[name] = new JsonArray("ANY");
            return new JsonObject
            {
                ["input"] = new JsonObject { ["required"] = required, ["optional"] = optional },
                ["output"] = outputs.DeepClone(),
            };
        }
    }

    [Theory]
    [InlineData("{", "bad")]
    [InlineData("""{ "serve": [] }""", "serve")]
    [InlineData("""{ "like": "nothing" }""", "nothing")]
    [InlineData("""{ "like": "wan22-t2v", "set": { "nowhere.steps": 1 } }""", "nowhere")]
    [InlineData("""{ "like": "wan22-t2v", "fill": { "prompt": "positive.text" } }""", "filename_prefix")]
    [InlineData("""{ "like": "wan22-t2v", "fill": { "prompt": "postive.text" } }""", "postive")]
    [InlineData("""{ "like": "wan22-t2v", "output": "end" }""", "end")]
    [InlineData("""{ "like": "wan22-t2v", "set": { "video.images": ["decod", 0] } }""",
        "images is linked to the node \"decod\", which does not exist; did you mean decode?")]
    [InlineData("""{ "like": "wan22-t2v", "serves": ["wan22-fast-t2w"] }""",
        "no family or model \"wan22-fast-t2w\"; did you mean wan22-fast-t2v?")]
    [InlineData("""{ "like": "wan22-t2v", "graph": { "save": { "inputs": {} } } }""", "API format")]
    public void A_bad_file_is_named_with_the_reason(string text, string reason)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["bad.json"], text);

        var error = Assert.Throws<WorkflowException>(() => WorkflowReader.Read(folder.Path, CatalogReader.Read().Families));

        Assert.Contains("bad", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
