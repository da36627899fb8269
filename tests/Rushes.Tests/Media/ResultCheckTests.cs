using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Media;
using Xunit;

namespace Rushes.Tests.Media;

/// <summary>What <see cref="FinalEncode"/> makes of an engine's file is a result, for every kind of model.</summary>
public sealed class ResultCheckTests : IDisposable
{
    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(ModelKind.TextToVideo, "-f lavfi -i testsrc2=s=320x240:d=2:r=16 -c:v libx264", 800, 480, 24.0)]
    [InlineData(ModelKind.ImageToVideo, "-f lavfi -i testsrc2=s=320x240:d=2:r=16 -c:v mpeg4", 722, 1280, 32.0)]
    [InlineData(ModelKind.SoundToVideo,
        "-f lavfi -i testsrc2=s=320x240:d=2:r=16 -f lavfi -i sine=d=3 -c:v libx264 -c:a aac", 320, 240, 16.0)]
    [InlineData(ModelKind.Foley, "-f lavfi -i testsrc2=s=320x240:d=2:r=24000/1001 -f lavfi -i sine=d=1 -c:v libx264 -pix_fmt "
        + "yuv420p -c:a aac", 320, 240, 23.976)]
    public async Task What_is_delivered_is_a_result(ModelKind kind, string encoding, int width, int height, double rate)
    {
        var made = await FFmpeg.MakeAsync(folder["made.mp4"], encoding);
        var plan = new RenderPlan(
            new VideoFormat(320, 240, 32, 16), new VideoFormat(width, height, (int)Math.Round(2 * rate), rate),
            Preset: "ultrafast");
        var final = Assert.IsType<Finish.Ready>(await FinalEncode.FinishAsync(made, kind, plan, Cancel));

        Assert.Null(await ResultCheck.FindFaultAsync(final.Path, kind, plan, Cancel));
    }

    [Fact]
    public async Task A_video_that_must_have_sound_has_some()
    {
        var plan = new RenderPlan(new VideoFormat(320, 240, 32, 16), new VideoFormat(320, 240, 32, 16));
        var silent = await FFmpeg.MakeAsync(
            folder["silent.mp4"], $"{FFmpeg.Film} -c:v libx264 -pix_fmt yuv420p -movflags +faststart");

        Assert.Equal("has no sound", await ResultCheck.FindFaultAsync(silent, ModelKind.SoundToVideo, plan, Cancel));
        Assert.Null(await ResultCheck.FindFaultAsync(silent, ModelKind.TextToVideo, plan, Cancel));
    }
}
