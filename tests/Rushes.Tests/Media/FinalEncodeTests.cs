using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Media;
using Rushes.Tests.Engines;
using Xunit;

namespace Rushes.Tests.Media;

public sealed class FinalEncodeTests
{
    private static readonly VideoFormat Due = new(128, 96, 16, 16);

    [Fact]
    public async Task A_wrong_size_rate_codec_and_length_are_corrected()
    {
        using var folder = new TempFolder();
        var path = await SampleMedia.ClipAsync(folder, "engine.mkv", 160, 90, 20, 25, "-c:v", "mpeg4", "-c:a", "libmp3lame");

        var facts = await FinishAsync(path, ModelKind.TextToVideo, new RenderPlan(Due, Due));

        Assert.Equal(
            ("h264", "yuv420p", 128, 96, 16, 16.0),
            (facts.Codec, facts.PixelFormat, facts.Width, facts.Height, facts.Frames, facts.Rate));
        Assert.Equal("aac", facts.SoundCodec);
        Assert.Equal(1, facts.SoundSeconds, 0.05);
        Assert.True(facts.Faststart);
    }

    [Fact]
    public async Task Frames_are_upscaled_and_estimated_in_between_where_the_plan_says_so()
    {
        using var folder = new TempFolder();
        var path = await SampleMedia.ClipAsync(folder, frames: 9, rate: 8);
        var plan = new RenderPlan(new VideoFormat(160, 120, 9, 8), new VideoFormat(320, 240, 17, 16));

        var facts = await FinishAsync(path, ModelKind.TextToVideo, plan);

        Assert.Equal((320, 240, 17, 16.0), (facts.Width, facts.Height, facts.Frames, facts.Rate));
    }

    [Fact]
    public async Task Metadata_of_the_engine_is_removed_without_another_encode()
    {
        using var folder = new TempFolder();
        var path = await SampleMedia.ClipAsync(folder, "engine.mp4", 128, 96, 16, 16,
            "-c:v", "libx264", "-pix_fmt", "yuv420p", "-metadata", "comment={\"prompt\":\"secret\"}", "-metadata:s:v",
            "handler_name=secret");

        var finish = await FinalEncode.FinishAsync(
            path, ModelKind.TextToVideo, new RenderPlan(Due, Due), TestContext.Current.CancellationToken);

        var delivered = Assert.IsType<Finish.Ready>(finish).Path;
        var bytes = await File.ReadAllBytesAsync(delivered, TestContext.Current.CancellationToken);
        Assert.Equal(-1, bytes.AsSpan().IndexOf("secret"u8));
        Assert.Equal(await SampleMedia.PacketsOfAsync(path), await SampleMedia.PacketsOfAsync(delivered));
    }

    [Fact]
    public async Task Quality_and_preset_that_were_asked_for_change_a_file_that_already_fits()
    {
        using var folder = new TempFolder();
        var path = await SampleMedia.ClipAsync(folder, "engine.mp4", 128, 96, 16, 16);
        await FinishAsync(path, ModelKind.TextToVideo, new RenderPlan(Due, Due));
        var kept = await SampleMedia.PacketsOfAsync(folder["delivered.mp4"]);
        Assert.Equal(await SampleMedia.PacketsOfAsync(path), kept);

        var results = new HashSet<string> { kept };
        foreach (var plan in new RenderPlan[]
        {
            new(Due, Due, 30, "medium", true), new(Due, Due, 14, "medium", true), new(Due, Due, 14, "ultrafast", true),
        })
        {
            await FinishAsync(path, ModelKind.TextToVideo, plan);
            Assert.True(results.Add(await SampleMedia.PacketsOfAsync(folder["delivered.mp4"])));
        }
    }

    [Fact]
    public async Task A_foley_clip_is_scaled_where_the_plan_says_so_and_otherwise_kept()
    {
        using var folder = new TempFolder();
        var path = await SampleMedia.ClipAsync(
            folder, "engine.mp4", 160, 120, 16, 16, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac");
        var clip = new VideoFormat(160, 120, 16, 16);

        var kept = await FinishAsync(path, ModelKind.Foley, new RenderPlan(clip, clip));
        Assert.Equal((160, 120), (kept.Width, kept.Height));
        Assert.Equal(await SampleMedia.PacketsOfAsync(path), await SampleMedia.PacketsOfAsync(folder["delivered.mp4"]));

        var scaled = await FinishAsync(
            path, ModelKind.Foley, new RenderPlan(clip, clip with { Width = 320, Height = 240 }));
        Assert.Equal((320, 240, 16, true), (scaled.Width, scaled.Height, scaled.Frames, scaled.HasSound));
        Assert.Equal(1, scaled.Seconds, 0.05);
    }

    [Fact]
    public async Task Sound_is_required_or_removed_as_the_plan_says_without_another_encode()
    {
        using var folder = new TempFolder();
        var sounding = await SampleMedia.ClipAsync(folder);
        var made = (await VideoProbe.FindAsync(sounding, TestContext.Current.CancellationToken))!;
        var due = new VideoFormat(made.Width, made.Height, made.Frames, made.Rate);

        var kept = await FinishAsync(sounding, ModelKind.TextToVideo, new RenderPlan(due, due, Sound: true));
        var silent = await FinishAsync(sounding, ModelKind.TextToVideo, new RenderPlan(due, due, Sound: false));

        Assert.Equal((true, false), (kept.HasSound, silent.HasSound));
        Assert.Equal(due.Frames, silent.Frames);
        var path = Assert.IsType<Finish.Ready>(await FinalEncode.FinishAsync(
            sounding, ModelKind.TextToVideo, new RenderPlan(due, due, Sound: false), TestContext.Current.CancellationToken)).Path;
        Assert.Equal(await SampleMedia.PacketsOfAsync(sounding), await SampleMedia.PacketsOfAsync(path));
        Assert.IsType<Finish.Unusable>(
            await FinalEncode.FinishAsync(
                path, ModelKind.TextToVideo, new RenderPlan(due, due, Sound: true), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_without_a_picture_or_its_sound_cannot_be_delivered()
    {
        using var folder = new TempFolder();
        var sound = await SampleMedia.SoundAsync(folder);
        var silent = await SampleMedia.MakeAsync(
            folder, "silent.mp4", ["-f", "lavfi", "-i", "testsrc=s=128x96:r=16", "-frames:v", "16"]);
        var plan = new RenderPlan(Due, Due);

        Assert.IsType<Finish.Unusable>(
            await FinalEncode.FinishAsync(sound, ModelKind.TextToVideo, plan, TestContext.Current.CancellationToken));
        Assert.IsType<Finish.Unusable>(
            await FinalEncode.FinishAsync(silent, ModelKind.Foley, plan, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(16, "16")]
    [InlineData(23.976, "24000/1001")]
    [InlineData(12.5, "12.5")]
    public void Rates_are_written_exactly(double rate, string written) => Assert.Equal(written, Ffmpeg.Rate(rate));

    private static async Task<VideoFacts> FinishAsync(string path, ModelKind kind, RenderPlan plan)
    {
        var finish = await FinalEncode.FinishAsync(path, kind, plan, TestContext.Current.CancellationToken);
        var facts = await VideoProbe.FindAsync(Assert.IsType<Finish.Ready>(finish).Path, TestContext.Current.CancellationToken);
        Assert.NotNull(facts);
        return facts;
    }
}
