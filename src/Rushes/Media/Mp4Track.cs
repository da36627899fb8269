using System.Buffers.Binary;
using System.Text;

namespace Rushes.Media;

/// <summary>A chunk of a stream in an MP4 file.</summary>
internal readonly record struct Mp4Chunk(long Offset, long Bytes);

/// <summary>A stream in an MP4 file: H.264 or AAC, in one piece on the file's timeline.</summary>
internal sealed class Mp4Track
{
    private const int MaxSamples = 1 << 20;

    private const uint One = 0x10000;

    /// <summary>The matrix of a picture without rotation and scaling.</summary>
    private static readonly uint[] Upright = [One, 0, 0, 0, One, 0, 0, 0, 0x40000000];

    /// <summary>The data is in this file.</summary>
    private static readonly byte[] OwnData =
        [0, 0, 0, 28, .. "dref"u8, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12, .. "url "u8, 0, 0, 0, 1];

    private readonly Mp4Box header, media, kind;
    private readonly Mp4Box? edits;
    private readonly Mp4Parts table;

    private Mp4Track(Mp4Box track, uint movieScale)
    {
        var parts = track.Parts(0, "tkhd", "edts", "mdia", "udta");
        var content = parts["mdia"].Parts(0, "mdhd", "hdlr", "minf");
        var info = content["minf"].Parts(0, "vmhd", "smhd", "dinf", "stbl");
        (header, edits, media) = (parts["tkhd"], parts.Find("edts"), content["mdhd"]);
        IsVideo = Encoding.Latin1.GetString(content["hdlr"].Content.Span[8..12]) switch
        {
            "vide" => true,
            "soun" => false,
            _ => throw new InvalidDataException("a stream that is neither picture nor sound"),
        };
        kind = info[IsVideo ? "vmhd" : "smhd"];
        if (header.Content.Span[0] != 0 || media.Content.Span[0] != 0 || !info["dinf"].Content.Span.SequenceEqual(OwnData))
            throw new InvalidDataException("an unusual header");
        if (Enumerable.Range(0, 9).Any(place => header.At(40 + 4 * place) != Upright[place]))
            throw new InvalidDataException("a picture that is turned");
        table = info["stbl"].Parts(
            0, "stsd", "stts", "ctts", "stss", "sdtp", "stsc", "stsz", "stco", "co64", "sgpd", "sbgp");
        SampleSizes = ReadSizes(table["stsz"]);
        Chunks = ReadChunks();
        (Rate, Seconds) = ReadTimes(movieScale);
    }

    public bool IsVideo { get; }

    /// <summary>Bytes of each frame or packet.</summary>
    public IReadOnlyList<uint> SampleSizes { get; }

    public IReadOnlyList<Mp4Chunk> Chunks { get; }

    /// <summary>Samples per second.</summary>
    public double Rate { get; }

    public double Seconds { get; }

    /// <summary>The format of the samples.</summary>
    public Mp4Box Format => table["stsd"];

    /// <exception cref="InvalidDataException">The stream is damaged, or not of the usual form.</exception>
    public static Mp4Track Read(Mp4Box track, uint movieScale) => new(track, movieScale);

    /// <summary>The same stream with its chunks at other offsets.</summary>
    public Mp4Box At(IReadOnlyList<long> offsets)
    {
        var places = new byte[8 + 4 * offsets.Count];
        BinaryPrimitives.WriteInt32BigEndian(places.AsSpan(4), offsets.Count);
        for (var chunk = 0; chunk < offsets.Count; chunk++)
            BinaryPrimitives.WriteUInt32BigEndian(places.AsSpan(8 + 4 * chunk), checked((uint)offsets[chunk]));
        var samples = Mp4Box.Of(
            "stbl", Format, table["stts"], table.Find("stss"), table.Find("ctts"), table.Find("sdtp"), table["stsc"],
            table["stsz"], new Mp4Box("stco", places), table.Find("sgpd"), table.Find("sbgp"));
        return Mp4Box.Of(
            "trak", header, edits,
            Mp4Box.Of("mdia", media, Handler(), Mp4Box.Of("minf", kind, new Mp4Box("dinf", OwnData), samples)));
    }

    /// <summary>Without the name that the program that wrote the file gave to the stream.</summary>
    private Mp4Box Handler() => new(
        "hdlr",
        (byte[])
        [
            .. new byte[8], .. IsVideo ? "vide"u8 : "soun"u8, .. new byte[12],
            .. IsVideo ? "VideoHandler\0"u8 : "SoundHandler\0"u8,
        ]);

    private static uint[] ReadSizes(Mp4Box box)
    {
        if (box.At(8) is 0 or > MaxSamples) throw new InvalidDataException("no samples, or too many");
        if (box.At(4) is not (> 0 and var all)) return box.Table(1, 8);
        var sizes = new uint[box.At(8)];
        Array.Fill(sizes, all);
        return sizes;
    }

    private List<Mp4Chunk> ReadChunks()
    {
        var wide = table.Find("co64")?.Table(2);
        long[] offsets = wide is null
            ? [.. table["stco"].Table(1).Select(offset => (long)offset)]
            : [.. wide.Chunk(2).Select(pair => (long)pair[0] << 32 | pair[1])];
        // Each row: first chunk (from 1), samples per chunk, and sample format.
        var runs = table["stsc"].Table(3).Chunk(3).ToList();
        var chunks = new List<Mp4Chunk>(offsets.Length);
        var (sample, run) = (0, -1);
        for (var chunk = 0; chunk < offsets.Length; chunk++)
        {
            if (run + 1 < runs.Count && runs[run + 1][0] == chunk + 1) run++;
            if (run < 0 || runs[run][2] != 1 || runs[run][1] > SampleSizes.Count - sample)
                throw new InvalidDataException("chunks without samples");
            var bytes = 0L;
            for (var end = sample + (int)runs[run][1]; sample < end; sample++) bytes += SampleSizes[sample];
            chunks.Add(new Mp4Chunk(offsets[chunk], bytes));
        }
        return sample == SampleSizes.Count ? chunks : throw new InvalidDataException("samples without chunks");
    }

    private (double Rate, double Seconds) ReadTimes(uint movieScale)
    {
        var (scale, times, shifts) = (media.At(12), table["stts"].Table(2), table.Find("ctts")?.Table(2) ?? []);
        if (scale == 0 || movieScale == 0) throw new InvalidDataException("no time scale");
        long count = 0, length = 0;
        for (var row = 0; row < times.Length; row += 2)
            (count, length) = (count + times[row], length + (long)times[row] * times[row + 1]);
        if (count != SampleSizes.Count || length <= 0) throw new InvalidDataException("samples without times");

        // Rounded as ffprobe prints it.
        var seconds = Math.Round((double)length / scale, 6);
        var rate = (double)count * scale / length;
        if (edits is not { } edit) return (rate, seconds);
        var list = edit.Parts(0, "elst")["elst"];
        if (list.Content.Span[0] != 0 || list.Table(3) is not [var shown, var start, One] || start > int.MaxValue)
            throw new InvalidDataException("more than one edit");
        var edited = (double)shown / movieScale;
        if (!IsVideo) return (rate, edited);
        // An edit may only move the start to the first frame; it must show all frames.
        var isWhole = start == First(times, shifts) && Math.Abs(edited - seconds) < 0.5 / rate;
        return isWhole ? (rate, seconds) : throw new InvalidDataException("an edit that hides frames");
    }

    /// <summary>The time of the frame that is shown first.</summary>
    private static long First(uint[] times, uint[] shifts)
    {
        if (shifts.Length == 0) return 0;
        long first = long.MaxValue, decoded = 0, left = times[0];
        var row = 0;
        for (var shift = 0; shift < shifts.Length; shift += 2)
            for (var sample = 0u; sample < shifts[shift]; sample++)
            {
                first = Math.Min(first, decoded + (int)shifts[shift + 1]);
                while (left == 0)
                {
                    row += 2;
                    if (row >= times.Length) return first;
                    left = times[row];
                }
                decoded += times[row + 1];
                left--;
            }
        return first;
    }
}
