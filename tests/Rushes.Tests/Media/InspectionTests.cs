using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Rushes.Catalog;
using Rushes.Media;
using Rushes.Programs;
using Xunit;

namespace Rushes.Tests.Media;

public sealed class InspectionTests : IDisposable
{
    private static readonly MediaKind[] Everything = [MediaKind.Picture, MediaKind.Sound, MediaKind.Clip];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<MediaFacts> AcceptedAsync(string path, params MediaKind[] kinds)
    {
        var outcome = await InspectAsync(path, kinds, new MediaLimits());
        Assert.True(outcome is Inspection.Accepted, outcome.ToString());
        return ((Inspection.Accepted)outcome).Facts;
    }

    private static async Task<string> RejectedAsync(string path, MediaLimits? limits = null, params MediaKind[] kinds)
    {
        var outcome = await InspectAsync(path, kinds, limits ?? new());
        Assert.True(outcome is Inspection.Rejected, outcome.ToString());
        return ((Inspection.Rejected)outcome).Reason;
    }

    private static Task<Inspection> InspectAsync(string path, MediaKind[] kinds, MediaLimits limits)
    {
        var inspector = new Inspector(new InspectionSlots(), limits);
        return inspector.InspectAsync(1, path, kinds.Length == 0 ? Everything : kinds, inspector.NewTime(), Cancel);
    }

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(folder[name], bytes);
        return folder[name];
    }

    [Theory]
    [InlineData("a.png", "PNG")]
    [InlineData("a.jpg", "JPEG")]
    [InlineData("a.webp", "WebP")]
    [InlineData("lossless.webp", "WebP", "-lossless 1")]
    [InlineData("progressive.jpg", "JPEG", "-pix_fmt yuvj444p -huffman optimal")]
    public async Task A_picture_is_told_by_its_bytes(string name, string type, string options = "")
    {
        await FFmpeg.MakeAsync(folder[name], $"{FFmpeg.Picture} {options}".Trim());
        File.Move(folder[name], folder["named.txt"]);
        var facts = await AcceptedAsync(folder["named.txt"], MediaKind.Picture);
        Assert.Equal((type, 320, 240, 1, false, true),
            (facts.Type.Name, facts.Width, facts.Height, facts.Frames, facts.HasSound, facts.IsVisual));
    }

    [Theory]
    [InlineData("a.mp3", "MP3")]
    [InlineData("bare.mp3", "MP3", "-write_xing 0 -id3v2_version 0")]
    [InlineData("a.wav", "WAV")]
    [InlineData("a.ogg", "OGG")]
    [InlineData("a.m4a", "M4A")]
    [InlineData("sound.mp4", "M4A")]
    [InlineData("a.flac", "FLAC")]
    [InlineData("a.aac", "AAC")]
    [InlineData("a.wma", "WMA")]
    public async Task A_sound_is_told_by_its_bytes(string name, string type, string options = "")
    {
        await FFmpeg.MakeAsync(folder[name], $"{FFmpeg.Tone} {options}".Trim());
        File.Move(folder[name], folder["named.txt"]);
        var facts = await AcceptedAsync(folder["named.txt"], MediaKind.Sound);
        Assert.Equal((type, true, false), (facts.Type.Name, facts.HasSound, facts.IsVisual));
        Assert.Equal(2, facts.Seconds, 0.1);
    }

    [Theory]
    [InlineData("a.mp4", "MP4")]
    [InlineData("a.mov", "MOV")]
    [InlineData("a.webm", "WebM", "-c:v libvpx -deadline realtime -cpu-used 8")]
    public async Task A_clip_is_told_by_its_bytes(string name, string type, string options = "")
    {
        await FFmpeg.MakeAsync(folder[name], $"{FFmpeg.Film} {FFmpeg.Tone} {options}".Trim());
        var facts = await AcceptedAsync(folder[name], MediaKind.Clip);
        Assert.Equal((type, 320, 240, 32, true, true),
            (facts.Type.Name, facts.Width, facts.Height, facts.Frames, facts.HasSound, facts.IsVisual));
        Assert.Equal(16, facts.Rate, 0.01);
        Assert.Equal(2, facts.Seconds, 0.1);
    }

    [Fact]
    public async Task A_clip_shorter_than_a_second_and_one_that_tells_no_length_are_fine()
    {
        await FFmpeg.MakeAsync(folder["short.mp4"], "-f lavfi -i testsrc2=s=64x64:d=0.25:r=16 -an");
        Assert.Equal(4, (await AcceptedAsync(folder["short.mp4"])).Frames);
        // What a browser's recorder makes: live, without length or index.
        await FFmpeg.MakeAsync(folder["live.webm"], $"{FFmpeg.Film} -c:v libvpx -deadline realtime -cpu-used 8 -live 1");
        Assert.Equal(2, (await AcceptedAsync(folder["live.webm"])).Seconds, 0.1);
    }

    [Fact]
    public async Task A_cover_does_not_make_a_sound_a_clip()
    {
        await FFmpeg.MakeAsync(folder["cover.jpg"], FFmpeg.Picture);
        await FFmpeg.MakeAsync(folder["a.mp3"],
            $"-i {folder["cover.jpg"]} {FFmpeg.Tone} -map 0 -map 1 -c:v copy -disposition:v attached_pic -id3v2_version 3");
        await FFmpeg.MakeAsync(
            folder["a.m4a"], $"-i {folder["cover.jpg"]} {FFmpeg.Tone} -map 0 -map 1 -c:v copy -disposition:v attached_pic");
        Assert.Equal("MP3", (await AcceptedAsync(folder["a.mp3"], MediaKind.Sound)).Type.Name);
        Assert.Equal("M4A", (await AcceptedAsync(folder["a.m4a"], MediaKind.Sound)).Type.Name);
    }

    [Fact]
    public async Task A_picture_on_its_side_has_the_size_it_is_shown_in()
    {
        await FFmpeg.MakeAsync(folder["a.jpg"], FFmpeg.Picture);
        var jpeg = await File.ReadAllBytesAsync(folder["a.jpg"], Cancel);
        foreach (var (orientation, width, height) in new[] { (1, 320, 240), (3, 320, 240), (6, 240, 320), (8, 240, 320) })
            foreach (var big in new[] { true, false })
            {
                var facts = await AcceptedAsync(Write("turned.jpg", [.. jpeg[..2], .. Oriented(orientation, big), .. jpeg[2..]]));
                Assert.Equal((width, height), (facts.Width, facts.Height));
            }
    }

    [Fact]
    public async Task A_clip_on_its_side_has_the_size_it_is_shown_in()
    {
        await FFmpeg.MakeAsync(folder["a.mp4"], FFmpeg.Film);
        await FFmpeg.MakeAsync(folder["turned.mp4"], $"-i {folder["a.mp4"]} -c copy -metadata:s:v rotate=90");
        var facts = await AcceptedAsync(folder["turned.mp4"]);
        Assert.Equal((240, 320), (facts.Width, facts.Height));
    }

    [Theory]
    [InlineData("<!DOCTYPE html><html></html>", "is an HTML page, not a picture; send JPEG, PNG or WebP")]
    [InlineData("\n <html>", "is an HTML page")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>", "is an SVG drawing")]
    [InlineData("<?xml version='1.0'?><svg/>", "is an SVG drawing")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd", "is a playlist")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd", "is a playlist")]
    [InlineData("{\"error\":\"not found\"}", "is JSON")]
    [InlineData("data:image/png;base64,AAAA", "is a data: URI (encoded twice?)")]
    [InlineData("hello", "is text")]
    [InlineData("", "is empty; send JPEG")]
    [InlineData("GIF89a", "is a GIF picture; send JPEG")]
    [InlineData("BM......", "is a BMP picture; send JPEG, PNG or WebP")]
    [InlineData("%PDF-1.7", "is a PDF")]
    [InlineData("\0\0\0\u0018ftypheic....", "is an HEIC picture")]
    [InlineData("\0\0\0\u0018ftypavif....", "is an AVIF picture")]
    [InlineData("\0\u0001\u0002\u0003", "is of no known format; send JPEG")]
    public async Task What_is_no_media_is_named(string content, string reason) =>
        Assert.StartsWith(reason, await RejectedAsync(Write("a.png", Encoding.UTF8.GetBytes(content)), null, MediaKind.Picture),
            StringComparison.Ordinal);

    [Fact]
    public async Task Media_of_another_kind_is_named()
    {
        await FFmpeg.MakeAsync(folder["a.wav"], FFmpeg.Tone);
        await FFmpeg.MakeAsync(folder["a.mp4"], FFmpeg.Film);
        await FFmpeg.MakeAsync(folder["sound.mp4"], FFmpeg.Tone);
        Assert.Equal("is a WAV sound, not a picture; send JPEG, PNG or WebP",
            await RejectedAsync(folder["a.wav"], null, MediaKind.Picture));
        Assert.Equal("is an MP4 clip, not a sound; send MP3, WAV, OGG, M4A, FLAC, AAC, WMA, WebM, AIFF, CAF or AMR",
            await RejectedAsync(folder["a.mp4"], null, MediaKind.Sound));
        Assert.Equal("has no picture, only sound; send MP4, MOV, WebM or Matroska",
            await RejectedAsync(folder["sound.mp4"], null, MediaKind.Clip));
        Assert.Equal("is a WAV sound, not a picture or a clip; send JPEG, PNG, WebP, MP4, MOV, WebM or Matroska",
            await RejectedAsync(folder["a.wav"], null, MediaKind.Picture, MediaKind.Clip));
    }

    [Theory]
    [InlineData("a.png")]
    [InlineData("a.jpg")]
    [InlineData("a.webp")]
    public async Task A_picture_cut_anywhere_is_rejected(string name)
    {
        var whole = await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder[name], FFmpeg.Picture), Cancel);
        foreach (var length in new[] { 20, 40, whole.Length / 10, whole.Length / 2, whole.Length - 2 })
            Assert.Equal("is cut off; send the whole file", await RejectedAsync(Write("cut", whole[..length])));
    }

    [Fact]
    public async Task A_picture_with_damaged_insides_is_rejected()
    {
        var png = await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder["a.png"], FFmpeg.Picture), Cancel);
        for (var i = 0; i < 20; i++) png[png.Length / 2 + i] ^= 0x5A;
        Assert.Contains("is a damaged PNG", await RejectedAsync(Write("damaged", png)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_with_something_behind_its_end_is_fine()
    {
        var jpeg = await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder["a.jpg"], FFmpeg.Picture), Cancel);
        await AcceptedAsync(Write("more.jpg", [.. jpeg, .. new byte[100_000]]));
    }

    [Fact]
    public async Task A_bomb_is_rejected_by_its_header()
    {
        var png = await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder["a.png"], FFmpeg.Picture), Cancel);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 20_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 20_000);
        Assert.Equal("is 20000x20000, more than 100 megapixels; make it smaller", await RejectedAsync(Write("bomb.png", png)));

        var jpeg = await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder["a.jpg"], FFmpeg.Picture), Cancel);
        var frame = jpeg.AsSpan().IndexOf<byte>([0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 65_000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 65_000);
        Assert.Contains("more than 100 megapixels", await RejectedAsync(Write("bomb.jpg", jpeg)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_gets_the_memory_that_its_size_needs_and_no_more()
    {
        await FFmpeg.MakeAsync(folder["a.png"], "-f lavfi -i color=red:s=4000x3000 -frames:v 1 -pix_fmt rgb24");
        var reading = await ReadAsync(MediaType.Png, 1 << 20);
        Assert.Equal(new ImageReading.NeedsMemory(4000 * 3000 * 4), reading);
        Assert.Equal(new ImageReading.Accepted(4000, 3000, null), await ReadAsync(MediaType.Png, 4000 * 3000 * 4));

        // It runs again with the memory that it asked for.
        var slots = new InspectionSlots(new InspectionSlotOptions { LargeBytes = 1 << 20 });
        var inspector = new Inspector(slots, new MediaLimits());
        Assert.IsType<Inspection.Accepted>(
            await inspector.InspectAsync(1, folder["a.png"], Everything, inspector.NewTime(), Cancel));

        Task<ImageReading> ReadAsync(MediaType type, long bytes) => ImageReader.ReadAsync(
            folder["a.png"], type, null, 100_000_000, bytes, new DecodingTime(TimeSpan.FromMinutes(5)), Cancel);
    }

    [Fact]
    public async Task A_JPEG_with_many_scans_is_rejected()
    {
        var jpeg = ImageFiles.ProgressiveJpeg();
        var scan = jpeg[jpeg.AsSpan().LastIndexOf<byte>([0xFF, 0xDA])..^2];
        byte[] bomb = [.. jpeg[..^2], .. Enumerable.Repeat(scan, 1000).SelectMany(bytes => bytes), .. jpeg[^2..]];
        Assert.Contains("is a damaged JPEG", await RejectedAsync(Write("bomb.jpg", bomb)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_picture_changes_nothing_for_the_next_one()
    {
        var good = await FFmpeg.MakeAsync(folder["a.png"], FFmpeg.Picture);
        var bytes = await File.ReadAllBytesAsync(good, Cancel);
        bytes[^30] ^= 0xFF;
        var damaged = Write("damaged.png", bytes);
        var inspector = new Inspector(new InspectionSlots(), new MediaLimits());
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.IsType<Inspection.Accepted>(await ReadAsync(good));
            Assert.IsType<Inspection.Rejected>(await ReadAsync(damaged));
            Assert.IsType<Inspection.Accepted>(await ReadAsync(good));
        }

        Task<Inspection> ReadAsync(string path) => inspector.InspectAsync(1, path, Everything, inspector.NewTime(), Cancel);
    }

    [Fact]
    public async Task A_full_disk_is_not_the_fault_of_the_picture()
    {
        var turned = Write("a.png", ImageFiles.TurnedPng(6, big: true, type: 3, isLate: false));
        await Assert.ThrowsAsync<MachineFaultException>(() => ImageReader.ReadAsync(
            turned, MediaType.Png, "/dev/full", 1_000_000, 1 << 27, new DecodingTime(TimeSpan.FromMinutes(5)), Cancel));
    }

    [Theory]
    [InlineData("zTXt", "Comment\0\0")]
    [InlineData("iCCP", "Profile\0\0")]
    [InlineData("iTXt", "Comment\0\u0001\0de\0Kommentar\0")]
    public async Task A_bomb_beside_the_pixels_is_rejected(string type, string head)
    {
        var png = await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder["a.png"], FFmpeg.Picture), Cancel);
        byte[] With(int unpacked, int times) =>
            [.. png[..33], .. Enumerable.Repeat(
                ImageFiles.Chunk(type, [.. Encoding.ASCII.GetBytes(head), .. Packed(unpacked)]), times)
            .SelectMany(chunk => chunk), .. png[33..]];

        await AcceptedAsync(Write("few.png", With(100_000, 1)));
        const string rejection = "holds texts or a colour profile that unpack to more than 16 MB; save it without them";
        Assert.Equal(rejection, await RejectedAsync(Write("one.png", With(17_000_000, 1))));
        Assert.Equal(rejection, await RejectedAsync(Write("many.png", With(1_000_000, 17))));
    }

    [Fact]
    public async Task A_clip_whose_packed_index_says_that_it_is_huge_is_rejected()
    {
        var packed = Packed(1_000_000);
        byte[] index = [.. Atom("cmov", [.. Atom("dcom", [.. "zlib"u8]), .. Atom("cmvd", [0x70, 0, 0, 0, .. packed])])];
        var reason = await RejectedAsync(Write(
            "a.mp4", [.. Atom("ftyp", [.. "isom\0\0\u0002\0isom"u8]), .. Atom("moov", index), .. Atom("mdat", new byte[100])]));
        Assert.Contains("cannot be read", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("h264", "libx264 -preset ultrafast")]
    [InlineData("hevc", "libx265 -preset ultrafast -x265-params log-level=none")]
    public async Task A_clip_with_larger_frames_between_its_ends_is_rejected(string format, string codec)
    {
        var clip = await GrowingClipAsync(format, codec, "2560x1440");
        Assert.Equal("says that it is 320x240 and holds larger frames; save it again", await RejectedAsync(clip));
    }

    [Fact]
    public async Task A_clip_that_grows_as_recordings_of_calls_do_is_fine() =>
        Assert.Equal(320, (await AcceptedAsync(await GrowingClipAsync("h264", "libx264 -preset ultrafast", "1920x1080"))).Width);

    [Fact]
    public async Task Huge_frames_are_not_decoded_in_an_engines_run_either()
    {
        var clip = await GrowingClipAsync("h264", "libx264 -preset ultrafast", "6144x6144");
        var exit = await Ffmpeg.RunAsync(new FfmpegRun([FfmpegInput.Of(clip)], ["-map", "0:v:0", .. FfmpegRun.Nowhere])
            { Folder = folder.Path }, Cancel);
        Assert.Contains("exceeds specified max pixel count", exit.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_not_a_fault_of_the_file()
    {
        await FFmpeg.MakeAsync(folder["a.wav"], FFmpeg.Tone);
        var run = new FfmpegRun([FfmpegInput.Of(folder["a.wav"])], ["-f", "s16le", "/dev/full"]) { Folder = folder.Path };
        var fault = await Assert.ThrowsAsync<MachineFaultException>(() => Ffmpeg.DecodeAsync(run, Cancel));
        Assert.Equal("ffmpeg failed: No space left on device.", fault.Message);
    }

    [Theory]
    [InlineData(137, "", true)]
    [InlineData(139, "", false)]
    [InlineData(69, "[png @ 0x1] Invalid data found when processing input", false)]
    [InlineData(1, "Cannot allocate memory", false)]
    public void Only_a_killed_ffmpeg_is_a_fault_of_the_machine(int code, string errors, bool isMachine) =>
        Assert.Equal(isMachine, FfmpegFault.OfMachine(new Exit(code, "", errors, TimedOut: false)) is not null);

    [Fact]
    public async Task A_request_has_so_much_time_for_all_its_media()
    {
        await FFmpeg.MakeAsync(folder["a.png"], FFmpeg.Picture);
        Assert.Contains("takes more than 0 seconds to decode",
            await RejectedAsync(folder["a.png"], new MediaLimits { MaxDecoding = TimeSpan.Zero }), StringComparison.Ordinal);
    }

    /// <summary>A clip of 320x240 with a second of larger frames in the middle.</summary>
    private async Task<string> GrowingClipAsync(string format, string codec, string larger)
    {
        var (small, large, all) = (folder["small"], folder["large"], folder["all"]);
        await FFmpeg.MakeAsync(small, $"{FFmpeg.Film} -c:v {codec} -pix_fmt yuv420p -f {format}");
        await FFmpeg.MakeAsync(
            large, $"-f lavfi -i color=red:s={larger}:r=16 -frames:v 2 -c:v {codec} -pix_fmt yuv420p -f {format}");
        await File.WriteAllBytesAsync(all, [.. await File.ReadAllBytesAsync(small, Cancel),
            .. await File.ReadAllBytesAsync(large, Cancel), .. await File.ReadAllBytesAsync(small, Cancel)], Cancel);
        return await FFmpeg.MakeAsync(folder["growing.mp4"], $"-f {format} -r 16 -i {all} -c copy");
    }

    private static byte[] Atom(string type, byte[] content)
    {
        var atom = new byte[8 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(atom, atom.Length);
        Encoding.ASCII.GetBytes(type).CopyTo(atom, 4);
        content.CopyTo(atom, 8);
        return atom;
    }

    private static byte[] Packed(int zeros)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true)) zlib.Write(new byte[zeros]);
        return packed.ToArray();
    }

    [Fact]
    public async Task Limits_hold_for_clips_and_sounds_too()
    {
        await FFmpeg.MakeAsync(folder["a.mp4"], FFmpeg.Film);
        await FFmpeg.MakeAsync(folder["a.flac"], FFmpeg.Tone);
        Assert.Contains("megapixels", await RejectedAsync(folder["a.mp4"], new MediaLimits { MaxPixels = 10_000 }),
            StringComparison.Ordinal);
        Assert.Equal("is longer than 1.5 seconds", await RejectedAsync(folder["a.mp4"], new MediaLimits { MaxSeconds = 1.5 }));
        Assert.Equal("is longer than 1.5 seconds", await RejectedAsync(folder["a.flac"], new MediaLimits { MaxSeconds = 1.5 }));
    }

    [Theory]
    [InlineData("a.mp3")]
    [InlineData("a.wav")]
    [InlineData("a.m4a")]
    [InlineData("a.flac")]
    public async Task A_sound_cut_in_half_is_rejected(string name)
    {
        var whole = await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder[name], FFmpeg.Tone), Cancel);
        await RejectedAsync(Write("cut", whole[..(whole.Length / 2)]));
    }

    [Theory]
    [InlineData("a.mp4", "-movflags +faststart")]
    [InlineData("b.mp4", "-an")]
    [InlineData("a.webm", "-c:v libvpx -deadline realtime -cpu-used 8")]
    public async Task A_clip_cut_in_half_is_rejected(string name, string options)
    {
        var whole = await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder[name], $"{FFmpeg.Film} {options}"), Cancel);
        await RejectedAsync(Write("cut", whole[..(whole.Length / 2)]));
    }

    [Fact]
    public async Task A_sound_of_no_length_is_rejected()
    {
        var wav = await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder["a.wav"], FFmpeg.Tone), Cancel);
        var data = wav.AsSpan().IndexOf("data"u8);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(data + 4), 0);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(4), data);
        await RejectedAsync(Write("empty.wav", wav[..(data + 8)]));
    }

    [Fact]
    public async Task Noise_behind_a_right_beginning_is_rejected()
    {
        var noise = new byte[50_000];
        new Random(1).NextBytes(noise);
        foreach (var start in new byte[][] { [.. "OggS"u8], [.. "fLaC"u8], [.. "ID3\x03\0\0\0\0\0\0"u8],
            [.. "\0\0\0\x18ftypisom"u8], [0x1A, 0x45, 0xDF, 0xA3, 0x87, 0x42, 0x82, 0x84, .. "webm"u8] })
            await RejectedAsync(Write("noise", [.. start, .. noise]));
    }

    /// <summary>An APP1 segment that says nothing but how the picture is turned.</summary>
    private static byte[] Oriented(int orientation, bool big)
    {
        byte[] Two(int value) => big ? [(byte)(value >> 8), (byte)value] : [(byte)value, (byte)(value >> 8)];
        byte[] Four(int value) => big ? [0, 0, .. Two(value)] : [.. Two(value), 0, 0];
        byte[] tiff =
        [
            .. big ? "MM"u8 : "II"u8, .. Two(42), .. Four(8),
            .. Two(1), .. Two(0x0112), .. Two(3), .. Four(1), .. Two(orientation), 0, 0, .. Four(0),
        ];
        return [0xFF, 0xE1, 0, (byte)(2 + 6 + tiff.Length), .. "Exif\0\0"u8, .. tiff];
    }
}
