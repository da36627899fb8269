using System.Buffers.Binary;
using Rushes.Catalog;
using Rushes.Media;
using Xunit;

namespace Rushes.Tests.Media;

/// <summary>
/// Sounds as recorders, speech services and editors write them: taken with their real length, in a form that all engines read.
/// </summary>
public sealed class PlainSoundTests : IDisposable
{
    private const int Rate = 24_000;

    private readonly TempFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("voice.webm", 4)]
    [InlineData("xing-one-hour.mp3", 8)]
    [InlineData("id3.flac", 4)]
    [InlineData("zeros-first.mp3", 5)]
    public async Task A_file_that_was_reported_is_taken(string name, double seconds) =>
        await IsTakenAsync(Case(name), seconds);

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(0x7FFFFFFFu, 0x7FFFFFFFu)]
    [InlineData(0xFFFFFFFFu, 0xFFFFFFFFu)]
    [InlineData(2_000_000_036u, 2_000_000_000u)]
    [InlineData(0xFFFFFFFFu, 0xFFFFFFDBu)]
    [InlineData(144_036u, 144_001u)]
    [InlineData(144_036u, 143_999u)]
    [InlineData(36u, 0u)]
    [InlineData(40u, 4u)]
    [InlineData(1_000_036u + 144_000_000u, 144_000_000u)]
    public async Task A_WAV_with_a_size_that_is_a_placeholder_is_taken(uint riffSize, uint dataSize) =>
        await IsTakenAsync(Write("streamed.wav", Wav(riffSize, dataSize, Samples(3))), 3);

    [Fact]
    public async Task A_WAV_with_chunks_after_its_samples_has_no_noise_at_its_end()
    {
        var samples = Samples(3);
        byte[] after = [.. "LIST"u8, 26, 0, 0, 0, .. "INFOISFT"u8, 14, 0, 0, 0, .. "Lavf59.27.100\0"u8];
        var whole = (uint)(36 + samples.Length + after.Length);
        await IsTakenAsync(Write("a.wav", [.. Wav(whole, (uint)samples.Length, samples), .. after]), 3);
        await IsTakenAsync(Write("b.wav", [.. Wav(0, (uint)samples.Length, samples), .. after]), 3);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(144_000)]
    public async Task RF64_is_taken(long dataSize)
    {
        var samples = Samples(3);
        var header = new byte[28];
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(0), dataSize <= 0 ? dataSize : dataSize + 72);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), dataSize);
        byte[] wav =
        [
            .. "RF64"u8, 255, 255, 255, 255, .. "WAVEds64"u8, 28, 0, 0, 0, .. header, .. Format(),
            .. "data"u8, 255, 255, 255, 255,
        ];
        await IsTakenAsync(Write("large.wav", [.. wav, .. samples]), 3);
    }

    [Fact]
    public async Task A_WAV_whose_header_promises_a_little_more_than_came_is_cut_off()
    {
        Assert.Equal("is cut off; send the whole file", await RejectedAsync(Write("cut.wav", Wav(288_036, 288_000, Samples(3)))));
        Assert.Equal("is cut off; send the whole file", await RejectedAsync(Write("cut.wav", Wav(720_036, 720_000, Samples(3)))));
    }

    [Fact]
    public async Task A_sound_whose_header_and_codec_are_right_stays_as_it_is()
    {
        foreach (var name in new[] { "a.mp3", "a.wav", "a.ogg", "a.m4a", "a.flac" })
        {
            var path = await FFmpeg.MakeAsync(folder[name], FFmpeg.Tone);
            var before = await File.ReadAllBytesAsync(path, Cancel);
            var facts = await TakenAsync(path);
            Assert.Equal(Path.GetExtension(name), facts.Type.Extension);
            Assert.Equal(before, await File.ReadAllBytesAsync(path, Cancel));
        }
    }

    [Theory]
    [InlineData("stale.mp3", 0)]
    [InlineData("zeros.mp3", 5000)]
    [InlineData("junk.mp3", 100_000)]
    public async Task An_MP3_is_found_behind_what_is_before_it(string name, int zeros)
    {
        var mp3 = await MakeAsync("a.mp3", "-b:a 64k");
        byte[] half = zeros == 100_000 ? [.. Enumerable.Range(0, 3000).Select(i => (byte)(i * 7))] : [];
        await IsTakenAsync(Write(name, [.. new byte[zeros], .. half, .. mp3]), 2, 0.15);
        // Half a frame, and the frames after it.
        await IsTakenAsync(Write(name, [.. mp3[^700..], .. mp3]), 2, 0.2);
        await IsTakenAsync(Write(name, mp3[300..]), 2, 0.15);
    }

    [Fact]
    public async Task An_MP3_without_or_with_a_wrong_Xing_header_has_its_real_length()
    {
        await IsTakenAsync(Write("bare.mp3", await MakeAsync("bare-1.mp3", "-write_xing 0 -id3v2_version 0 -q:a 5")), 2);
        var mp3 = await MakeAsync("xing.mp3", "-id3v2_version 0 -q:a 5");
        var frames = mp3.AsSpan().IndexOf("Xing"u8) is var xing and >= 0 ? xing + 8 : mp3.AsSpan().IndexOf("Info"u8) + 8;
        foreach (var count in new[] { 1u, 10u, 1_000_000u, uint.MaxValue })
        {
            BinaryPrimitives.WriteUInt32BigEndian(mp3.AsSpan(frames), count);
            await IsTakenAsync(Write("stale.mp3", mp3), 2);
        }
    }

    [Theory]
    [InlineData("a.flac", "")]
    [InlineData("a.aac", "-f adts")]
    [InlineData("a.mp3", "-id3v2_version 0")]
    public async Task ID3_tags_are_allowed_before_any_sound(string name, string options)
    {
        var sound = await MakeAsync(name, options);
        byte[] tag = Tag(300, footer: false), large = Tag(80_000, footer: false), footed = Tag(500, footer: true);
        foreach (var tags in new[] { tag, [.. tag, .. tag], large, footed, [.. footed, .. large] })
            await IsTakenAsync(Write("tagged", [.. tags, .. sound]), 2, 0.15);
    }

    [Fact]
    public async Task An_Ogg_that_starts_late_or_is_chained_has_its_real_length()
    {
        var ogg = await MakeAsync("late.ogg", "-output_ts_offset 100");
        await IsTakenAsync(Write("late", ogg), 2);
        var (first, second) = (await MakeAsync("1.ogg", ""), await MakeAsync("2.ogg", "-ar 48000"));
        await IsTakenAsync(Write("chained", [.. first, .. second, .. first]), 6, 0.1);
        var opus = await MakeAsync("3.opus", "");
        await IsTakenAsync(Write("chained", [.. opus, .. opus]), 4, 0.1);
    }

    [Theory]
    [InlineData("a.aiff", "AIFF")]
    [InlineData("a.caf", "CAF", "-c:a pcm_s16be")]
    [InlineData("a.mka", "Matroska", "-c:a libvorbis")]
    [InlineData("a.webm", "WebM", "-c:a libopus")]
    [InlineData("a.wma", "WMA")]
    [InlineData("law.wav", "WAV", "-c:a pcm_mulaw -ar 8000")]
    [InlineData("deep.wav", "WAV", "-c:a pcm_s16le -ar 96000 -ac 6 -rf64 always")]
    [InlineData("a.m4a", "M4A", "-c:a alac")]
    public async Task Other_formats_become_WAV(string name, string type, string options = "")
    {
        var path = Write("sent", await MakeAsync(name, options));
        var inspector = new Inspector(new InspectionSlots(), new MediaLimits());
        var seen = Assert.IsType<Inspection.Accepted>(
            await inspector.InspectAsync(1, path, [MediaKind.Sound], inspector.NewTime(), Cancel));
        Assert.Equal(type, seen.Facts.Type.Name);
        await IsTakenAsync(path, 2, 0.1);
        Assert.True(File.ReadAllBytes(path).AsSpan().StartsWith("RIFF"u8));
    }

    [Fact]
    public async Task AMR_becomes_WAV()
    {
        // Frames of 20 milliseconds at 12.2 kbit/s.
        byte[] frame = [0x3C, .. new byte[31]];
        await IsTakenAsync(Write("note.amr", [.. "#!AMR\n"u8, .. Enumerable.Repeat(frame, 100).SelectMany(each => each)]), 2);
    }

    [Fact]
    public async Task The_first_track_that_can_be_decoded_counts()
    {
        var path = await FFmpeg.MakeAsync(folder["two.m4a"], $"{FFmpeg.Tone} {FFmpeg.Tone} -map 0 -map 1 -c:a aac");
        var bytes = await File.ReadAllBytesAsync(path, Cancel);
        // The first track's codec becomes one that no program knows.
        "qqqq"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("mp4a"u8)));
        await IsTakenAsync(Write("unknown.m4a", bytes), 2);
    }

    [Fact]
    public async Task What_is_no_sound_is_rejected_by_its_name()
    {
        const string encoding = "-c:v libvpx -deadline realtime -cpu-used 8";
        var clip = await FFmpeg.MakeAsync(folder["clip.webm"], $"{FFmpeg.Film} {FFmpeg.Tone} {encoding}");
        foreach (var (path, reason) in new[]
        {
            (clip, "is a WebM clip, not a sound; send MP3"),
            (Write("a.mid", [.. "MThd"u8, 0, 0, 0, 6]), "is a MIDI file, not a sound"),
            (Write("a.mp3", [.. "<!DOCTYPE html>"u8]), "is an HTML page"),
            (Write("zeros", new byte[100_000]), "is of no known format"),
        })
            Assert.StartsWith(reason, await RejectedAsync(path), StringComparison.Ordinal);
    }

    /// <summary>Accepted with this length, and any program reads the same length from what is kept.</summary>
    private async Task IsTakenAsync(string path, double seconds, double tolerance = 0.06)
    {
        var facts = await TakenAsync(path);
        Assert.Equal(seconds, facts.Seconds, tolerance);
        var exit = await Tool.RunAsync(
            "ffprobe", ["-v", "warning", "-show_entries", "format=duration", "-of", "csv=p=0", path], Cancel);
        Assert.Equal("", exit.Errors);
        Assert.Equal(seconds, double.Parse(exit.Output, System.Globalization.CultureInfo.InvariantCulture), tolerance);
        // What is plain stays as it is.
        var before = await File.ReadAllBytesAsync(path, Cancel);
        Assert.Equal(facts, await TakenAsync(path));
        Assert.Equal(before, await File.ReadAllBytesAsync(path, Cancel));
        Assert.Single(Directory.GetFiles(folder.Path, Path.GetFileName(path)));
    }

    private static Task<MediaFacts> TakenAsync(string path) => TakenIn.FactsAsync(path, MediaKind.Sound);

    private static async Task<string> RejectedAsync(string path) =>
        Assert.IsType<Inspection.Rejected>(await TakenIn.InspectAsync(path, MediaKind.Sound)).Reason;

    private string Case(string name)
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Media", "Cases", name), folder[name]);
        return folder[name];
    }

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(folder[name], bytes);
        return folder[name];
    }

    /// <summary>A tone of two seconds.</summary>
    private async Task<byte[]> MakeAsync(string name, string options) =>
        await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder[name], $"{FFmpeg.Tone} {options}".Trim()), Cancel);

    private static byte[] Tag(int size, bool footer)
    {
        byte[] lengths = [(byte)(size >> 21 & 0x7F), (byte)(size >> 14 & 0x7F), (byte)(size >> 7 & 0x7F), (byte)(size & 0x7F)];
        byte[] Mark(string name) => [.. System.Text.Encoding.ASCII.GetBytes(name), 4, 0, (byte)(footer ? 0x10 : 0), .. lengths];
        return [.. Mark("ID3"), .. new byte[size], .. footer ? Mark("3DI") : []];
    }

    private static byte[] Format() =>
    [
        .. "fmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, .. BitConverter.GetBytes(Rate), .. BitConverter.GetBytes(Rate * 2), 2, 0, 16, 0,
    ];

    private static byte[] Wav(uint riffSize, uint dataSize, byte[] samples) =>
    [
        .. "RIFF"u8, .. BitConverter.GetBytes(riffSize), .. "WAVE"u8, .. Format(),
        .. "data"u8, .. BitConverter.GetBytes(dataSize), .. samples,
    ];

    private static byte[] Samples(int seconds)
    {
        var samples = new byte[seconds * Rate * 2];
        for (var i = 0; i < samples.Length / 2; i++)
            BinaryPrimitives.WriteInt16LittleEndian(samples.AsSpan(i * 2), (short)(8000 * Math.Sin(i * 0.1)));
        return samples;
    }
}
