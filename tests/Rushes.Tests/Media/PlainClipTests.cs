using System.Buffers.Binary;
using System.Globalization;
using Rushes.Catalog;
using Rushes.Media;
using Xunit;

namespace Rushes.Tests.Media;

/// <summary>
/// Clips as phones, cameras, browsers and editors write them: brought into one form, with the right size, length, colours and
/// times.
/// </summary>
public sealed class PlainClipTests : IDisposable
{
    private const string Fast = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p";
    private const string Hevc = "-c:v libx265 -preset ultrafast -x265-params log-level=none";

    /// <summary>Black, and white for a tenth of a second, 2.5 seconds after the beginning.</summary>
    private const string Flash = "color=black:s=320x240:r=30:d=4,drawbox=c=white:t=fill:enable='between(t,2.5,2.59)'";

    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_plain_clip_stays_as_it_is()
    {
        foreach (var name in new[] { "a.mp4", "a.mov" })
        {
            var path = await FFmpeg.MakeAsync(folder[name], $"{FFmpeg.Film} {FFmpeg.Tone} {Fast}");
            var before = await File.ReadAllBytesAsync(path, Cancel);
            await TakenAsync(path);
            Assert.Equal(before, await File.ReadAllBytesAsync(path, Cancel));
        }
    }

    [Fact]
    public async Task A_disc_in_pixels_that_are_not_square_stays_round()
    {
        var facts = await TakenAsync(Case("sar-2-1-hevc.mov"));
        Assert.Equal((720, 480, 3.0), (facts.Width, facts.Height, Math.Round(facts.Seconds, 2)));
        foreach (var (sar, width, height) in new[] { ("4/3", 426, 240), ("1/2", 320, 480), ("16/15", 342, 240) })
        {
            var path = await FFmpeg.MakeAsync(folder["sar.mp4"], $"{FFmpeg.Film} -vf setsar={sar} {Fast}");
            facts = await TakenAsync(path);
            Assert.Equal((width, height), (facts.Width, facts.Height));
        }
    }

    [Theory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public async Task A_clip_is_turned_upright(int degrees)
    {
        // The upper left is red.
        await FFmpeg.MakeAsync(
            folder["stored.mp4"], $"-f lavfi -i color=blue:s=320x240:r=15:d=1,drawbox=c=red:t=fill:w=160:h=120 {Fast}");
        var path = await FFmpeg.MakeAsync(
            folder["turned.mp4"], $"-i {folder["stored.mp4"]} -c copy -metadata:s:v rotate={degrees}");
        var facts = await TakenAsync(path);
        Assert.Equal(degrees == 180 ? (320, 240) : (240, 320), (facts.Width, facts.Height));
        var (x, y) = degrees switch { 90 => (0.1, 0.9), 180 => (0.9, 0.9), _ => (0.9, 0.1) };
        var (red, green, blue) = await ColourAsync(path, 0.5, (int)(facts.Width * x), (int)(facts.Height * y));
        Assert.True(red > 200 && green < 60 && blue < 60, $"{red} {green} {blue}");
    }

    [Fact]
    public async Task HDR_of_a_phone_becomes_standard()
    {
        var path = Case("hlg.mov");
        var facts = await TakenAsync(path);
        Assert.Equal((320, 180, 90), (facts.Width, facts.Height, facts.Frames));
        var colours = await ProbeAsync(path, "stream=pix_fmt,color_transfer,color_primaries,color_space", "-select_streams", "v");
        Assert.Equal("yuv420p,bt709,bt709,bt709", colours);
    }

    [Theory]
    [InlineData("arib-std-b67", "libx265 -preset ultrafast -x265-params log-level=none", "a.mp4")]
    [InlineData("smpte2084", "libx265 -preset ultrafast -x265-params log-level=none", "a.mp4")]
    [InlineData("smpte2084", "libvpx-vp9 -deadline realtime -cpu-used 8", "a.webm")]
    [InlineData("arib-std-b67", "libaom-av1 -cpu-used 8 -usage realtime", "a.mkv")]
    public async Task HDR_keeps_its_hues_and_its_greys(string transfer, string codec, string name)
    {
        // Diffuse white of the standard range, a middle grey and a red, as they are in HDR.
        const string drawn =
            "color=white:s=192x64:r=10:d=0.5,drawbox=c=0x808080:t=fill:w=64,drawbox=c=0xC03020:t=fill:x=64:w=64,"
            + "scale=out_color_matrix=bt709,format=yuv444p";
        var hdr = $"zscale=tin=bt709:pin=bt709:min=bt709:rin=tv:t={transfer}:p=bt2020:m=bt2020nc:r=tv:npl=203,format=yuv420p10le";
        var path = await FFmpeg.MakeAsync(
            folder[name],
            $"-f lavfi -i {drawn} -vf {hdr} -c:v {codec} -color_primaries bt2020 -color_trc {transfer} -colorspace bt2020nc");
        await TakenAsync(path);
        var grey = await ColourAsync(path, 0.2, 32, 32);
        var red = await ColourAsync(path, 0.2, 96, 32);
        var white = await ColourAsync(path, 0.2, 160, 32);
        Assert.True(Math.Abs(grey.Red - 128) < 30 && Spread(grey) < 8, $"grey {grey}");
        Assert.True(white.Red > 200 && Spread(white) < 8, $"white {white}");
        Assert.True(Math.Abs(red.Red - 0xC0) < 40 && red.Red > 2 * red.Green && red.Green >= red.Blue, $"red {red}");
    }

    [Fact]
    public async Task A_clip_of_varying_rate_keeps_its_length_and_every_movement()
    {
        var path = Case("slow-fast-hevc.mp4");
        var facts = await TakenAsync(path);
        Assert.Equal((4.0, 120, 30.0), (Math.Round(facts.Seconds, 2), facts.Frames, Math.Round(facts.Rate, 2)));
        // Two seconds of a picture each second, then two seconds of thirty.
        Assert.InRange(await DifferentFramesAsync(path), 55, 70);
    }

    [Fact]
    public async Task H264_with_B_frames_and_a_varying_rate_keeps_its_length()
    {
        var path = await FFmpeg.MakeAsync(
            folder["vfr.mp4"],
            "-f lavfi -i testsrc2=s=320x240:d=4:r=30 -vf select='lt(t,2)+not(mod(n,10))' -fps_mode vfr "
                + "-c:v libx264 -bf 3 -pix_fmt yuv420p -preset veryfast");
        var facts = await TakenAsync(path);
        Assert.Equal(4.0, facts.Seconds, 0.4);
        Assert.Equal(30, facts.Rate, 0.01);
        Assert.Equal(facts.Seconds, facts.Frames / facts.Rate, 0.05);
    }

    [Theory]
    [InlineData("late.mp4")]
    [InlineData("late.mkv")]
    public async Task A_picture_that_begins_late_is_shown_when_it_should_be(string name)
    {
        // The picture begins 1.5 seconds after the sound: its flash is at 4 seconds.
        await FFmpeg.MakeAsync(folder["film.mp4"], $"-f lavfi -i {Flash} {Fast}");
        await FFmpeg.MakeAsync(folder["sound.wav"], "-f lavfi -i sine=d=5.5");
        var path = await FFmpeg.MakeAsync(
            folder[name],
            $"-i {folder["sound.wav"]} -itsoffset 1.5 -i {folder["film.mp4"]} -map 1:v -map 0:a -c:v copy -c:a aac");
        var facts = await TakenAsync(path);
        Assert.Equal(5.5, facts.Seconds, 0.1);
        var start = await ProbeAsync(path, "stream=start_time", "-select_streams", "v");
        Assert.Equal(0, double.Parse(start, CultureInfo.InvariantCulture), 0.02);
        var sound = await ProbeAsync(path, "stream=duration", "-select_streams", "a");
        Assert.Equal(facts.Seconds, double.Parse(sound, CultureInfo.InvariantCulture), 0.1);
        Assert.True((await ColourAsync(path, 4.04, 100, 100)).Red > 200, "the flash");
        Assert.True((await ColourAsync(path, 2.54, 100, 100)).Red < 50, "no flash");
    }

    [Theory]
    [InlineData("skip")]
    [InlineData("free")]
    [InlineData("pnot")]
    [InlineData("uuid")]
    [InlineData("prfl")]
    [InlineData("wide")]
    public async Task A_MOV_may_begin_with_any_atom(string atom)
    {
        var mov = await File.ReadAllBytesAsync(
            await FFmpeg.MakeAsync(folder["a.mov"], $"{FFmpeg.Film} {FFmpeg.Tone} {Fast}"), Cancel);
        // Old files have no brand: the atom replaces it, and the empty one behind it, so that no offset in the file changes.
        BinaryPrimitives.WriteInt32BigEndian(mov, BinaryPrimitives.ReadInt32BigEndian(mov) + 8);
        System.Text.Encoding.ASCII.GetBytes(atom).CopyTo(mov.AsSpan(4));
        await File.WriteAllBytesAsync(folder["first.mov"], mov, Cancel);
        Assert.Equal((320, 240, 32), await SizeAsync(folder["first.mov"]));
    }

    [Fact]
    public async Task A_MOV_that_was_reported_is_taken() =>
        Assert.Equal((320, 240, 30), await SizeAsync(Case("first-skip.mov")));

    [Theory]
    [InlineData("a.webm", "-c:v libvpx -deadline realtime -cpu-used 8")]
    [InlineData("a.mkv", Fast)]
    [InlineData("odd.mp4", "-c:v libx264 -preset ultrafast -vf format=yuv444p,crop=319:239")]
    [InlineData("deep.mp4", Hevc + " -pix_fmt yuv420p10le")]
    [InlineData("pro.mov", "-c:v prores_ks -c:a pcm_s16le")]
    public async Task Other_formats_become_H264_in_MP4(string name, string encoding)
    {
        var path = await FFmpeg.MakeAsync(folder[name], $"{FFmpeg.Film} {FFmpeg.Tone} {encoding}");
        var facts = await TakenAsync(path);
        Assert.Equal(("MP4", 320, 240, 32, true), (facts.Type.Name, facts.Width, facts.Height, facts.Frames, facts.HasSound));
        Assert.Equal("h264,yuv420p", await ProbeAsync(path, "stream=codec_name,pix_fmt", "-select_streams", "v"));
        Assert.Equal("aac", await ProbeAsync(path, "stream=codec_name", "-select_streams", "a"));
        // What is plain stays as it is.
        var before = await File.ReadAllBytesAsync(path, Cancel);
        Assert.Equal(facts with { Seconds = 0 }, await TakenAsync(path) with { Seconds = 0 });
        Assert.Equal(before, await File.ReadAllBytesAsync(path, Cancel));
    }

    private static async Task<(int Width, int Height, int Frames)> SizeAsync(string path) =>
        await TakenAsync(path) is var facts ? (facts.Width, facts.Height, facts.Frames) : default;

    private static int Spread((int Red, int Green, int Blue) colour) =>
        Math.Max(colour.Red, Math.Max(colour.Green, colour.Blue)) - Math.Min(colour.Red, Math.Min(colour.Green, colour.Blue));

    private static Task<MediaFacts> TakenAsync(string path) => TakenIn.FactsAsync(path, MediaKind.Clip);

    private string Case(string name)
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Media", "Cases", name), folder[name]);
        return folder[name];
    }

    private static async Task<string> ProbeAsync(string path, string entries, params string[] more)
    {
        var exit = await Tool.RunAsync(
            "ffprobe", ["-v", "error", "-show_entries", entries, "-of", "csv=p=0", .. more, path], Cancel);
        Assert.True(exit.Ok, exit.Errors);
        return exit.Output.Trim().TrimEnd(',');
    }

    private async Task<(int Red, int Green, int Blue)> ColourAsync(string path, double seconds, int x, int y)
    {
        var filter = $"crop=2:2:{x / 2 * 2}:{y / 2 * 2},scale=1:1,format=rgb24";
        var at = seconds.ToString(CultureInfo.InvariantCulture);
        var exit = await Tool.RunAsync(
            "ffmpeg",
            ["-v", "error", "-y", "-ss", at, "-i", path, "-frames:v", "1", "-vf", filter, "-f", "rawvideo", folder["pixel"]],
            Cancel);
        Assert.True(exit.Ok, exit.Errors);
        var pixel = await File.ReadAllBytesAsync(folder["pixel"], Cancel);
        return (pixel[0], pixel[1], pixel[2]);
    }

    /// <summary>Frames that differ from the one before.</summary>
    private static async Task<int> DifferentFramesAsync(string path)
    {
        var exit = await Tool.RunAsync(
            "ffmpeg",
            ["-v", "error", "-i", path, "-vf", "mpdecimate=hi=200:lo=100:frac=0.01", "-fps_mode", "vfr", "-f", "framemd5", "-"],
            Cancel);
        Assert.True(exit.Ok, exit.Errors);
        return exit.Output.Split('\n').Count(line => line.StartsWith("0,", StringComparison.Ordinal));
    }
}
