using Rushes.Media;
using Rushes.Tests.Engines;
using Xunit;

namespace Rushes.Tests.Media;

/// <summary>Files that are read and rewritten without ffmpeg must be the same to ffprobe.</summary>
public sealed class Mp4FileTests
{
    private const string H264 = "-c:v libx264 -pix_fmt yuv420p -preset ultrafast ";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("-c:v libx264 -pix_fmt yuv420p")]
    [InlineData(H264 + "-an")]
    [InlineData(H264 + "-an -bf 0")]
    [InlineData(H264 + "-profile:v baseline -c:a aac -ar 44100")]
    [InlineData("-c:v libx264 -pix_fmt yuv420p -bf 3 -g 5 -c:a aac -ac 1 -movflags +faststart")]
    [InlineData(H264 + "-vf scale=70:50,setsar=1 -movflags use_metadata_tags -metadata prompt={} -metadata comment=no")]
    [InlineData(H264 + "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -r 24000/1001 -movflags +write_colr")]
    [InlineData(H264 + "-fflags +bitexact -flags:v +bitexact -movflags +faststart")]
    public async Task Usual_files_have_the_facts_that_ffprobe_finds_and_are_rewritten_with_the_same_streams(string encoding)
    {
        using var folder = new TempFolder();
        var path = await SampleMedia.ClipAsync(folder, "engine.mp4", 128, 96, 16, 16, encoding.Split(' '));
        var probed = await VideoProbe.FindAsync(path, Cancel);

        var file = Mp4File.Read(path);
        Assert.NotNull(file);
        Assert.Equal(probed! with { Tags = file.Facts.Tags, SoundSeconds = 0 }, file.Facts with { SoundSeconds = 0 });
        Assert.Equal(probed.SoundSeconds, file.Facts.SoundSeconds, 0.03);

        await file.WriteAsync(folder["written.mp4"], Cancel);
        var written = await VideoProbe.FindAsync(folder["written.mp4"], Cancel);
        Assert.Equal(probed with { Tags = written!.Tags, Faststart = true }, written);
        Assert.Equal(["compatible_brands", "major_brand", "minor_version"], written.Tags.Keys.Order());
        Assert.Equal(await SampleMedia.StreamsOfAsync(path), await SampleMedia.StreamsOfAsync(folder["written.mp4"]));
        Assert.Equal(await SampleMedia.FramesOfAsync(path), await SampleMedia.FramesOfAsync(folder["written.mp4"]));
        var again = Mp4File.Read(folder["written.mp4"]);
        Assert.Equal(file.Facts with { Faststart = true, Tags = again!.Facts.Tags }, again.Facts);
        Assert.Empty(again.Facts.Tags);
    }

    [Theory]
    [InlineData("-c:v libx264 -pix_fmt yuv420p10le")]
    [InlineData("-c:v libx264 -pix_fmt yuv444p")]
    [InlineData("-c:v libx264 -pix_fmt yuvj420p")]
    [InlineData("-c:v libx264 -pix_fmt yuv420p -flags +ilme+ildct")]
    [InlineData(H264 + "-vf setsar=2")]
    [InlineData(H264 + "-c:a libmp3lame")]
    [InlineData(H264 + "-movflags +frag_keyframe+empty_moov")]
    [InlineData("-c:v mpeg4")]
    public async Task Unusual_files_are_left_to_ffprobe(string encoding)
    {
        using var folder = new TempFolder();
        Assert.Null(Mp4File.Read(await SampleMedia.ClipAsync(folder, "engine.mp4", 128, 96, 16, 16, encoding.Split(' '))));
    }

    [Fact]
    public async Task A_file_whose_edit_hides_frames_or_whose_picture_is_turned_is_left_to_ffprobe()
    {
        using var folder = new TempFolder();
        var path = await SampleMedia.ClipAsync(
            folder, "engine.mp4", 128, 96, 32, 16, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "0", "-an");
        var cut = await SampleMedia.MakeAsync(folder, "cut.mp4", ["-ss", "0.5", "-i", path, "-c", "copy"]);
        var turned = await SampleMedia.MakeAsync(folder, "turned.mp4", ["-i", path, "-c", "copy", "-metadata:s:v", "rotate=90"]);

        Assert.NotNull(Mp4File.Read(path));
        Assert.Null(Mp4File.Read(cut));
        Assert.Null(Mp4File.Read(turned));
    }

    [Fact]
    public async Task Damaged_files_are_left_to_ffprobe()
    {
        using var folder = new TempFolder();
        var path = await SampleMedia.ClipAsync(
            folder, "engine.mp4", 128, 96, 16, 16, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart");
        var whole = await File.ReadAllBytesAsync(path, Cancel);
        var data = whole.AsSpan().IndexOf("mdat"u8);
        Assert.NotNull(Mp4File.Read(path));

        foreach (var length in new[] { 0, 7, 40, data - 8, data + 100, whole.Length - 1 })
        {
            await File.WriteAllBytesAsync(path, whole.AsMemory(0, length), Cancel);
            Assert.Null(Mp4File.Read(path));
        }
        // The disk of the server was full: the file has its size, but no frames.
        whole.AsSpan(data + 4).Clear();
        await File.WriteAllBytesAsync(path, whole, Cancel);
        Assert.Null(Mp4File.Read(path));
    }
}
