using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rushes.Engines.Comfy;
using Rushes.Media;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>Jobs of the families with sound and of those that work with clips, from the request to the server's prompt.</summary>
public sealed class ModelFamilyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_with_sound_has_it_unless_the_request_excludes_it()
    {
        await using var bench = await Bench.StartAsync();

        var with = await bench.MakeAsync("ltx2-t2v", new { prompt = "rain on a roof", duration = 1 });
        var graph = bench.Graph;
        var without = await bench.MakeAsync("ltx2-t2v", new { prompt = "rain", duration = 1, generate_audio = false });

        Assert.Equal((768, 512, 24, 24.0, true), (with.Width, with.Height, with.Frames, with.Rate, with.HasSound));
        Assert.Equal((24, false), (without.Frames, without.HasSound));
        // 24 frames are rounded up to 8n+1, and the workflow cuts them.
        Assert.Equal((25, 25, 24), (Value(graph, "latent.length"), Value(graph, "audio_latent.frames_number"),
            Value(graph, "trim.length")));
        Assert.Equal((24, 24), (Value(graph, "conditioning.frame_rate"), Value(graph, "audio_latent.frame_rate")));
        Assert.Equal("rain on a roof", (string?)graph["positive"]!["inputs"]!["text"]);
    }

    [Fact]
    public async Task A_continued_clip_reaches_the_server_at_the_model_s_size_and_rate()
    {
        await using var bench = await Bench.StartAsync();
        var clip = await bench.ClipAsync("320x240", rate: 24, seconds: 2);

        var made = await bench.MakeAsync("wan22-extend", new { prompt = "the train leaves", data_uri = clip, duration = 1 });

        Assert.Equal((640, 480, 48, 16.0), (made.Width, made.Height, made.Frames, made.Rate));
        var sent = await VideoProbe.FindAsync(bench.Stub.Uploaded.Last(), Cancel);
        Assert.Equal((640, 480, 32, 16.0), (sent!.Width, sent.Height, sent.Frames, sent.Rate));
        // The last frame of the clip, and 16 new ones.
        Assert.Equal((17, 48), (Value(bench.Graph, "guide.length"), Value(bench.Graph, "trim.length")));
    }

    [Fact]
    public async Task An_upscaled_clip_keeps_its_frames_and_its_sound()
    {
        await using var bench = await Bench.StartAsync();
        var clip = await bench.ClipAsync("320x240", rate: 24, seconds: 1, sound: true);

        var made = await bench.MakeAsync("seedvr2", new { data_uri = clip, new_resolution = 720 });

        Assert.Equal((960, 720, 24, 24.0, true), (made.Width, made.Height, made.Frames, made.Rate, made.HasSound));
        Assert.Equal((720, 24), (Value(bench.Graph, "upscale.resolution"), Value(bench.Graph, "trim.length")));
        var sent = await VideoProbe.FindAsync(bench.Stub.Uploaded.Last(), Cancel);
        Assert.Equal((320, 240, 24, true), (sent!.Width, sent.Height, sent.Frames, sent.HasSound));
    }

    [Fact]
    public async Task A_video_with_the_outlines_of_a_clip_is_as_long_and_takes_a_reference_picture()
    {
        await using var bench = await Bench.StartAsync();
        var clip = await bench.ClipAsync("320x240", rate: 25, seconds: 2);

        var made = await bench.MakeAsync(
            "wan21-vace",
            new { prompt = "a fox", data_uri = clip, duration = 1, reference_image_1_uri = await bench.PictureAsync() });

        Assert.Equal((640, 480, 16, 16.0), (made.Width, made.Height, made.Frames, made.Rate));
        Assert.Equal("reference", (string?)bench.Graph["guide"]!["inputs"]!["reference_image"]![0]);
        Assert.Equal(17, Value(bench.Graph, "guide.length"));
    }

    [Fact]
    public async Task Reference_pictures_and_the_rule_of_frames_of_MiniMax_H3_reach_the_server()
    {
        await using var bench = await Bench.StartAsync();
        var picture = await bench.PictureAsync();

        var made = await bench.MakeAsync("minimax-h3-ref2v", new
        {
            prompt = "<Picture 1> greets <Picture 2>", duration = 1, width = 768, height = 768, reference_image_1_uri = picture,
            reference_image_2_uri = picture,
        });

        Assert.Equal((768, 768, 24, true), (made.Width, made.Height, made.Frames, made.HasSound));
        // 24 frames are rounded up to 17n+5.
        Assert.Equal((39, 24), (Value(bench.Graph, "guide.length"), Value(bench.Graph, "trim.length")));
        Assert.Equal("second_reference", (string?)bench.Graph["guide"]!["inputs"]!["ref_images.ref_image_1"]![0]);
        // What was not sent is not in the graph.
        Assert.Equal(
            ["reference", "second_reference"],
            bench.Graph.Select(node => node.Key).Where(node => node.Contains("reference", StringComparison.Ordinal)));
        Assert.DoesNotContain(
            bench.Graph["guide"]!["inputs"]!.AsObject(), input => input.Key.StartsWith("ref_videos", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Reference_clips_and_sounds_of_MiniMax_H3_reach_the_server_at_the_model_s_rate()
    {
        await using var bench = await Bench.StartAsync();
        var clip = await bench.ClipAsync("320x240", rate: 30, seconds: 1, sound: true);

        await bench.MakeAsync("minimax-h3-ref2v", new
        {
            prompt = "<Picture 1> dances as in <Video 1>", duration = 1, width = 768, height = 768,
            reference_image_1_uri = await bench.PictureAsync(), reference_clip_uri = clip, reference_audio_uri = Sound,
        });

        var inputs = bench.Graph["guide"]!["inputs"]!;
        Assert.Equal(
            ("reference_parts", 0, "reference_parts", 1, "reference_sound"),
            ((string?)inputs["ref_videos.ref_video_0"]![0], (int)inputs["ref_videos.ref_video_0"]![1]!,
                (string?)inputs["ref_video_audios.ref_video_audio_0"]![0],
                (int)inputs["ref_video_audios.ref_video_audio_0"]![1]!, (string?)inputs["ref_audios.ref_audio_0"]![0]));
        var sent = await SentAsync(bench, "reference_clip");
        Assert.Equal((320, 240, 24, 24.0, true), (sent.Width, sent.Height, sent.Frames, sent.Rate, sent.HasSound));
    }

    [Fact]
    public async Task A_second_voice_is_given_to_the_person_on_the_right()
    {
        await using var bench = await Bench.StartAsync();
        var picture = await bench.PictureAsync();

        await bench.MakeAsync("wan21-infinitetalk", new { prompt = "she speaks", data_uri = picture, audio_uri = Sound });
        var (alone, names) = ((string?)bench.Graph["talk_1"]!["inputs"]!["mode"], bench.Graph.Select(node => node.Key).ToList());
        await bench.MakeAsync(
            "wan21-infinitetalk",
            new { prompt = "they talk", data_uri = picture, audio_uri = Sound, second_audio_uri = Sound });

        Assert.Equal("single_speaker", alone);
        Assert.DoesNotContain("second_sound", names);
        var talk = bench.Graph["talk_1"]!["inputs"]!;
        Assert.Equal(
            ("two_speakers", "heard", "second_heard", "right_mask", "both"),
            ((string?)talk["mode"], (string?)talk["audio_encoder_output_1"]![0],
                (string?)talk["mode.audio_encoder_output_2"]![0], (string?)talk["mode.mask_2"]![0],
                (string?)bench.Graph["video"]!["inputs"]!["audio"]![0]));
    }

    [Fact]
    public async Task A_person_in_a_picture_gets_the_movements_of_a_clip()
    {
        await using var bench = await Bench.StartAsync();
        var clip = await bench.ClipAsync("320x240", rate: 25, seconds: 1);

        var made = await bench.MakeAsync(
            "wan22-animate", new { prompt = "she dances", data_uri = clip, reference_image_1_uri = await bench.PictureAsync() });

        Assert.Equal((640, 480, 16, 16.0), (made.Width, made.Height, made.Frames, made.Rate));
        Assert.Equal(17, Value(bench.Graph, "guide.length"));
        Assert.False(bench.Graph["guide"]!["inputs"]!.AsObject().ContainsKey("character_mask"));
    }

    [Fact]
    public async Task A_person_replaces_the_one_that_a_clip_masks()
    {
        await using var bench = await Bench.StartAsync();
        var clip = await bench.ClipAsync("320x240", rate: 25, seconds: 1);
        var mask = await bench.ClipAsync("160x120", rate: 30, seconds: 1);

        await bench.MakeAsync("wan22-animate", new
        {
            prompt = "she dances", data_uri = clip, reference_image_1_uri = await bench.PictureAsync(), mask_clip_uri = mask,
        });

        var guide = bench.Graph["guide"]!["inputs"]!;
        Assert.Equal(("mask", "background"), ((string?)guide["character_mask"]![0], (string?)guide["background_video"]![0]));
        // The mask covers the same frames as the clip.
        var (sent, masks) = (await SentAsync(bench, "clip"), await SentAsync(bench, "mask_clip"));
        Assert.Equal((640, 480, 16, 16.0), (masks.Width, masks.Height, masks.Frames, masks.Rate));
        Assert.Equal((sent.Width, sent.Height, sent.Frames, sent.Rate), (masks.Width, masks.Height, masks.Frames, masks.Rate));
    }

    [Theory]
    [InlineData(81, 1)]
    [InlineData(82, 2)]
    [InlineData(153, 2)]
    [InlineData(154, 3)]
    public void A_talking_portrait_has_as_many_parts_as_its_frames_need(int frames, int parts) =>
        Assert.Equal(
            parts,
            WorkflowReader.Read().All.Single(workflow => workflow.Name == "wan21-infinitetalk").Repeat!.Times(frames));

    [Theory]
    [InlineData("seedvr2", "wav", "data_uri is a WAV sound, not a clip")]
    [InlineData("seedvr2", "png", "data_uri is a PNG picture, not a clip")]
    [InlineData("seedvr2", "480", "new_resolution is 240, but the clip is 640x480; send 480 or more")]
    [InlineData("wan22-extend", "long", "duration and the clip of 29 seconds make 34; at 640x480 at most 30 seconds are allowed")]
    [InlineData("wan21-vace", "long", "data_uri is 29 seconds long; at 640x480 at most 5 are allowed")]
    public async Task A_clip_that_a_model_cannot_use_is_rejected(string model, string input, string reason)
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var folder = new TempFolder();
        var path = input switch
        {
            "wav" => await SampleMedia.SoundAsync(folder),
            "png" => await SampleMedia.PictureAsync(folder),
            "480" => await Bench.ClipAsync(folder, "640x480", 16, 1, sound: false),
            _ => await Bench.ClipAsync(folder, "64x48", 5, 29, sound: false),
        };
        var body = new JsonObject
        {
            ["prompt"] = "a", ["data_uri"] = Convert.ToBase64String(await File.ReadAllBytesAsync(path, Cancel)),
        };
        if (input == "480") body["new_resolution"] = 240;

        using var rejected = await gateway.Http.PostAsJsonAsync($"/queue/{model}", body, Cancel);

        Assert.True(
            rejected.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity, $"{rejected.StatusCode}");
        Assert.Contains(reason, await rejected.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_draft_engine_makes_every_family()
    {
        await using var gateway = await TestGateway.StartAsync(1, Cancel);
        using var folder = new TempFolder();
        var clip = await Bench.ClipAsync(folder, "160x120", 24, 1, sound: true);
        foreach (var model in (string[])["minimax-h3-t2v", "ltx2-t2v", "wan22-extend", "wan21-vace", "seedvr2"])
        {
            var body = new JsonObject { ["prompt"] = "a", ["duration"] = 1 };
            if (model is not ("ltx2-t2v" or "minimax-h3-t2v"))
                body["data_uri"] = Convert.ToBase64String(await File.ReadAllBytesAsync(clip, Cancel));
            if (model == "seedvr2") body["new_resolution"] = 240;
            var made = await Bench.MakeAsync(gateway, model, body, folder[$"{model}.mp4"]);
            Assert.True(made.HasSound, model);
        }
    }

    [Fact]
    public void A_workflow_that_was_not_run_says_so_and_lists_its_files()
    {
        foreach (var workflow in WorkflowReader.Read().All.Where(workflow => workflow.Tried is not null))
        {
            Assert.StartsWith("Not run. Written from the source of ", workflow.Tried, StringComparison.Ordinal);
            var files = workflow.Graph.SelectMany(node => node.Value!["inputs"]!.AsObject())
                .Select(input => input.Value?.ToString() ?? "")
                .Where(value => value.EndsWith(".safetensors", StringComparison.Ordinal))
                .ToHashSet();
            Assert.Equal(files.Order(), workflow.Files.Keys.Order());
            Assert.All(workflow.Files.Values, file => Assert.StartsWith("https://", file.Source, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_missing_file_is_named_with_its_size_licence_and_source()
    {
        await using var bench = await ComfyBench.StartAsync(
            prepare: stub => stub.Missing.Add("ltx-2-19b-dev-fp8.safetensors"));

        Assert.Contains(
            "model file models/checkpoints/ltx-2-19b-dev-fp8.safetensors is missing (node CheckpointLoaderSimple): 27 GB, "
                + "LTX-2 Community License Agreement, from https://huggingface.co/Lightricks/LTX-2",
            bench.Engine.Lacks!["ltx2-t2v"]);
    }

    private static string Sound => Convert.ToBase64String(WavOfSilence());

    /// <summary>One second, mono, 8 kHz.</summary>
    private static byte[] WavOfSilence()
    {
        using var wav = new MemoryStream();
        using var writer = new BinaryWriter(wav);
        writer.Write("RIFF"u8);
        writer.Write(36 + 16000);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(8000);
        writer.Write(16000);
        writer.Write((short)2);
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(16000);
        writer.Write(new byte[16000]);
        return wav.ToArray();
    }

    /// <summary>The clip that the last prompt loads in a node.</summary>
    private static async Task<VideoFacts> SentAsync(Bench bench, string node)
    {
        var name = Path.GetFileName((string)bench.Graph[node]!["inputs"]!["file"]!);
        var path = bench.Stub.Uploaded.Last(sent => Path.GetFileName(sent) == name);
        return (await VideoProbe.FindAsync(path, Cancel))!;
    }

    private static double Value(JsonObject graph, string target) => target.Split('.') is [var node, var input]
        ? (double)graph[node]!["inputs"]![input]!
        : throw new ArgumentException(target);

    private sealed class Bench : IAsyncDisposable
    {
        private readonly TempFolder folder = new();

        private Bench(ComfyStub stub, TestGateway gateway) => (Stub, Gateway) = (stub, gateway);

        public ComfyStub Stub { get; }

        public TestGateway Gateway { get; }

        /// <summary>Of the last prompt.</summary>
        public JsonObject Graph => Stub.Prompts.Last().Graph;

        public static async Task<Bench> StartAsync()
        {
            var stub = await ComfyStub.StartAsync(Cancel);
            return new Bench(stub, await TestGateway.StartAsync(
                1, Cancel, options: new GatewayOptions { Engine = $"comfyui={stub.Url}" }));
        }

        public Task<VideoFacts> MakeAsync(string model, object input) =>
            MakeAsync(Gateway, model, input, folder[$"{Guid.NewGuid():n}.mp4"]);

        public static async Task<VideoFacts> MakeAsync(TestGateway gateway, string model, object input, string path)
        {
            using var created = await gateway.Http.PostAsJsonAsync($"/queue/{model}", input, Cancel);
            Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync(Cancel));
            var request = await created.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            var ended = await Eventually.EndedAsync(
                gateway.Http, request.GetProperty("request_id").GetString()!, Cancel, model);
            Assert.True(ended.GetProperty("status").GetString() == "COMPLETED", ended.ToString());
            var result = await gateway.Http.GetFromJsonAsync<JsonElement>(
                request.GetProperty("response_url").GetString(), Cancel);
            await File.WriteAllBytesAsync(path, result.GetProperty("video").GetProperty("data_uri").GetBytesFromBase64(), Cancel);
            return (await VideoProbe.FindAsync(path, Cancel))!;
        }

        public async Task<string> ClipAsync(string size, int rate, int seconds, bool sound = false) =>
            Convert.ToBase64String(await File.ReadAllBytesAsync(await ClipAsync(folder, size, rate, seconds, sound), Cancel));

        public static Task<string> ClipAsync(TempFolder folder, string size, int rate, int seconds, bool sound) =>
            SampleMedia.MakeAsync(
                folder, $"{Guid.NewGuid():n}.mp4",
                [
                    "-f", "lavfi", "-i", $"testsrc=s={size}:r={rate}:d={seconds}",
                    .. sound ? ["-f", "lavfi", "-i", $"sine=f=440:r=48000:d={seconds}", "-c:a", "aac"] : Array.Empty<string>(),
                    "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
                ]);

        public async Task<string> PictureAsync() =>
            Convert.ToBase64String(await File.ReadAllBytesAsync(await SampleMedia.PictureAsync(folder), Cancel));

        public async ValueTask DisposeAsync()
        {
            await Gateway.DisposeAsync();
            await Stub.DisposeAsync();
            folder.Dispose();
        }
    }
}
