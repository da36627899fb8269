using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Engines.Process;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Engines.Process;

/// <summary>Every shipped file runs a stand-in: what it is told is what the real program takes, flag by flag.</summary>
public sealed class ShippedProgramTests : IDisposable
{
    private readonly TempFolder folder = new();

    [Theory]
    [InlineData("wan22", "wan22-t2v-fp8",
        "generate.py --task t2v-A14B --ckpt_dir W/Wan2.2-T2V-A14B --size 832*480 --sample_steps 40 --base_seed 7 "
        + "--frame_num 81 --sample_shift 12.0 --offload_model True --convert_model_dtype --prompt=a boat "
        + "--save_file JOB/output.mp4")]
    [InlineData("wan22", "wan22-fast-i2v",
        "generate.py --task i2v-A14B --ckpt_dir W/Wan2.2-I2V-A14B --size 832*480 --sample_steps 40 --base_seed 7 "
        + "--frame_num 81 --sample_shift 5.0 --image JOB/input-1.png --offload_model True --convert_model_dtype "
        + "--prompt=a boat --save_file JOB/output.mp4")]
    [InlineData("wan22", "wan22-s2v-fast",
        "generate.py --task s2v-14B --ckpt_dir W/Wan2.2-S2V-14B --size 832*480 --sample_steps 40 --base_seed 7 "
        + "--image JOB/input-1.png --audio JOB/input-2.wav --num_clip 2 --infer_frames 80 --offload_model True "
        + "--convert_model_dtype --prompt=a boat --save_file JOB/output.mp4")]
    [InlineData("wan22-5b", "wan22-fast-t2v",
        "generate.py --task ti2v-5B --ckpt_dir W/Wan2.2-TI2V-5B --size 1280*704 --sample_steps 50 --base_seed 7 "
        + "--frame_num 121 --offload_model True --convert_model_dtype --t5_cpu --prompt=a boat "
        + "--save_file JOB/output.mp4")]
    [InlineData("sd-cli", "wan22-t2v-fp8",
        "-M vid_gen --diffusion-model W/Wan2.2-T2V-A14B-LowNoise-Q8_0.gguf "
        + "--high-noise-diffusion-model W/Wan2.2-T2V-A14B-HighNoise-Q8_0.gguf --vae W/wan_2.1_vae.safetensors "
        + "--t5xxl W/umt5-xxl-encoder-Q8_0.gguf -p a boat -W 832 -H 480 --video-frames 81 --fps 16 -s 7 --steps 20 "
        + "--cfg-scale 3.5 --flow-shift 5.0 --high-noise-steps -1 --high-noise-cfg-scale 3.5 --moe-boundary 0.875 "
        + "--diffusion-fa --offload-to-cpu --vae-tiling -o JOB/output.webm")]
    [InlineData("sd-cli", "wan22-i2v-fp8",
        "-M vid_gen --diffusion-model W/Wan2.2-I2V-A14B-LowNoise-Q8_0.gguf "
        + "--high-noise-diffusion-model W/Wan2.2-I2V-A14B-HighNoise-Q8_0.gguf --vae W/wan_2.1_vae.safetensors "
        + "--t5xxl W/umt5-xxl-encoder-Q8_0.gguf -p a boat -i JOB/input-1.png --end-img JOB/input-2.png -W 832 -H 480 "
        + "--video-frames 81 --fps 16 -s 7 --steps 20 --cfg-scale 3.5 --flow-shift 5.0 --high-noise-steps -1 "
        + "--high-noise-cfg-scale 3.5 --moe-boundary 0.9 --diffusion-fa --offload-to-cpu --vae-tiling "
        + "-o JOB/output.webm", true)]
    [InlineData("hunyuan-foley", "hunyuan-foley",
        "infer.py --model_path W --single_video CLIP --single_prompt=The sound of the scene --single_prompt=a boat "
        + "--output_dir JOB/out --guidance_scale 4.5 --num_inference_steps 50")]
    [InlineData("lightx2v", "wan22-fast-t2v",
        "-m lightx2v.infer --model_cls wan2.2_moe_distill --task t2v --model_path W/Wan2.2-T2V-A14B "
        + "--config_json JOB/config.json --seed 7 --prompt=a boat --save_result_path JOB/output.mp4")]
    [InlineData("lightx2v", "wan22-fast-i2v",
        "-m lightx2v.infer --model_cls wan2.2_moe_distill --task i2v --model_path W/Wan2.2-I2V-A14B "
        + "--config_json JOB/config.json --seed 7 --image_path JOB/input-1.png --task flf2v "
        + "--config_json JOB/config-last.json --last_frame_path JOB/input-2.png --prompt=a boat "
        + "--save_result_path JOB/output.mp4", true)]
    [InlineData("lightx2v", "wan22-s2v-fast",
        "-m lightx2v.infer --model_cls wan2.2_s2v --task s2v --model_path W/Wan2.2-S2V-14B "
        + "--config_json JOB/config.json --seed 7 --image_path JOB/input-1.png --audio_path JOB/input-2.wav "
        + "--prompt=a boat --save_result_path JOB/output.mp4")]
    public async Task A_program_is_told_what_it_takes_and_its_progress_is_heard(
        string file, string model, string arguments, bool last = false)
    {
        var (events, job, scratch) = await RunAsync(file, model, last);

        Assert.IsType<EngineEvent.Output>(events[^1]);
        Assert.True(events.OfType<EngineEvent.Tasks>().Select(tasks => tasks.Done).Distinct().Count() > 1);
        var sent = (await File.ReadAllTextAsync(Path.Combine(scratch, "arguments.txt"), TestContext.Current.CancellationToken))
            .TrimEnd('\n').Replace('\n', ' ').Replace(scratch, "JOB", StringComparison.Ordinal);
        if (job.Files.TryGetValue("data_uri", out var path)) sent = sent.Replace(path, "CLIP", StringComparison.Ordinal);
        Assert.Equal(arguments, sent);
    }

    [Fact]
    public async Task Size_length_and_steps_are_written_where_LightX2V_reads_them()
    {
        var (_, _, scratch) = await RunAsync("lightx2v", "wan22-fast-t2v", last: false);

        using var config = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(scratch, "config.json"), TestContext.Current.CancellationToken));
        var sent = config.RootElement;
        Assert.Equal((4, 81, 832, 480), (sent.GetProperty("infer_steps").GetInt32(), sent.GetProperty("target_video_length")
            .GetInt32(), sent.GetProperty("target_width").GetInt32(), sent.GetProperty("target_height").GetInt32()));
        Assert.Equal("flash_attn2", sent.GetProperty("self_attn_1_type").GetString());
        Assert.StartsWith(
            "W/Wan2.2-Distill-Loras/", sent.GetProperty("lora_configs")[0].GetProperty("path").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task LightX2V_draws_sound_to_video_at_the_asked_area_and_as_long_as_asked()
    {
        var (events, _, scratch) = await RunAsync("lightx2v", "wan22-s2v-fast", last: false, frames: 8);

        using var config = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(scratch, "config.json"), TestContext.Current.CancellationToken));
        Assert.Equal(832 * 480, config.RootElement.GetProperty("max_area").GetInt32());
        // 9 frames, since frames are 4n+1; the sound that was sent is longer. 44 bytes are the file's head.
        var bytes = new FileInfo(Path.Combine(scratch, "input-2.wav")).Length;
        Assert.InRange(bytes, 1, 44 + (long)(9 / 16.0 * 48000 * 2 * 2) + 200);
        Assert.IsType<EngineEvent.Output>(events[^1]);
        Assert.Matches(
            ShippedFile.Read("lightx2v", folder).Programs.Single(program => program.Name == "s2v").Stages[^1].Ends!,
            "Video saved to: /tmp/output.mp4");
    }

    [Fact]
    public async Task LightX2V_takes_a_first_and_last_picture_with_a_shift_of_their_own()
    {
        var (_, _, scratch) = await RunAsync("lightx2v", "wan22-fast-i2v", last: true);

        using var config = JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(scratch, "config-last.json"), TestContext.Current.CancellationToken));
        Assert.Equal(16, config.RootElement.GetProperty("sample_shift").GetDouble());
    }

    [Fact]
    public async Task Foley_without_a_prompt_is_given_one()
    {
        var (events, _, scratch) = await RunAsync("hunyuan-foley", "hunyuan-foley", last: false, input: """{"seed": 7}""");

        Assert.IsType<EngineEvent.Output>(events[^1]);
        Assert.Contains(
            "--single_prompt=The sound of the scene\n--output_dir",
            await File.ReadAllTextAsync(Path.Combine(scratch, "arguments.txt"), TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4_294_967_295, 4_294_967_295)]
    [InlineData(4_294_967_296, 0)]
    [InlineData(9_007_199_254_740_991, 4_294_967_295)]
    public void A_seed_stays_below_what_a_program_takes(long seed, long sent) =>
        Assert.Equal(sent, new RenderRules { SeedBelow = 4_294_967_296 }.SeedOf(JobInput.Parse($$"""{"seed": {{seed}}}""")));

    [Fact]
    public async Task Words_in_a_written_file_stay_words()
    {
        var file = new WrittenFile(
            "a.json",
            System.Text.Json.Nodes.JsonNode.Parse(
                """{"text": "{prompt}", "list": ["{width}", "{width}x"], "steps": "{steps}"}"""));

        await file.Filled(place => place switch { "prompt" => "7, \"}{width}\n", "width" => "832", _ => "" }).WriteAsync(
            folder.Path, TestContext.Current.CancellationToken);

        using var written = JsonDocument.Parse(File.ReadAllText(folder["a.json"]));
        Assert.Equal("7, \"}{width}\n", written.RootElement.GetProperty("text").GetString());
        Assert.Equal("""[832,"832x"]""", written.RootElement.GetProperty("list").GetRawText());
        Assert.Equal(JsonValueKind.Null, written.RootElement.GetProperty("steps").ValueKind);
    }

    public void Dispose() => folder.Dispose();

    private async Task<(List<EngineEvent> Events, EngineJob Job, string Scratch)> RunAsync(
        string file, string modelId, bool last, int? frames = null, string input = """{"prompt": "a boat", "seed": 7}""")
    {
        var engine = ProcessEngine.Load(
            [ShippedFile.Write(file, folder, Path.Combine(AppContext.BaseDirectory, "Engines/Process/fake-model.sh"))],
            ShippedFile.Families, folder["none"], TimeProvider.System, NullLogger.Instance);
        var model = CatalogReader.Read().Find(modelId)!;
        var files = new Dictionary<string, string>();
        if (model.Kind is ModelKind.ImageToVideo or ModelKind.SoundToVideo)
            files["data_uri"] = await SampleMedia.PictureAsync(folder);
        if (last) files["second_image_uri"] = files["data_uri"];
        if (model.Kind == ModelKind.SoundToVideo) files["audio_uri"] = await SampleMedia.SoundAsync(folder);
        if (model.Kind == ModelKind.Foley) files["data_uri"] = await SampleMedia.ClipAsync(folder);
        var format = new VideoFormat(832, 480, frames ?? (model.Kind == ModelKind.SoundToVideo ? 100 : 80), 16);
        var job = new EngineJob(1, model, new RenderPlan(format, format), JobInput.Parse(input), files);

        var scratch = Directory.CreateDirectory(folder["job"]).FullName;
        return (await engine.RunAsync(job, scratch, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken), job, scratch);
    }
}
