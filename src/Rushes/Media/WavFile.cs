using System.Buffers.Binary;
using System.Text;

namespace Rushes.Media;

/// <summary>Where the samples of a WAV are, by the bytes that are there. Its header only says how many there should be.</summary>
internal sealed record WavFile
{
    /// <summary>Larger sizes are placeholders: 7FFFFFFF, FFFFFFFF, two thousand million and others like them.</summary>
    private const long LargestAnnounced = 512L << 20;

    /// <summary>Some programs are wrong by a header.</summary>
    private const int Slack = 64;

    private const int MaxChunks = 100, LongestFormat = 4096;

    private WavFile() { }

    /// <summary>Bytes of samples, as the header says; null: a placeholder of a program that streams.</summary>
    private long? Announced { get; init; }

    /// <summary>The content of the chunk that describes the samples.</summary>
    private byte[] Format { get; init; } = [];

    private long Start { get; init; }

    /// <summary>Bytes from the first sample to the end of the file.</summary>
    private long Available { get; init; }

    /// <summary>What follows the announced samples is no chunk, so it can only be samples too.</summary>
    private bool GoesOn { get; init; }

    /// <summary>All sizes in the header are right, so that any program reads the same samples.</summary>
    public bool IsExact { get; private init; }

    /// <summary>More samples were announced than came.</summary>
    public bool IsCutOff => Announced > Available + Slack && CutOff.IsLikely(Announced.Value, Available);

    /// <summary>In microseconds, as ffmpeg counts.</summary>
    public double Seconds =>
        Math.Round((double)SampleBytes / Math.Max(1, BinaryPrimitives.ReadUInt32LittleEndian(Format.AsSpan(8))), 6);

    /// <summary>Bytes of whole samples that are there.</summary>
    private long SampleBytes
    {
        get
        {
            var bytes = Announced is null || GoesOn || Announced > Available ? Available : Announced.Value;
            return bytes - bytes % Math.Max((ushort)1, BinaryPrimitives.ReadUInt16LittleEndian(Format.AsSpan(12)));
        }
    }

    /// <summary>RIFF, and RF64 and BW64, which have 64-bit sizes in a chunk of their own (EBU Tech 3306).</summary>
    public static bool IsWav(ReadOnlySpan<byte> head) => head.Length >= 12 && head[8..12].SequenceEqual("WAVE"u8)
        && (head.StartsWith("RIFF"u8) || head.StartsWith("RF64"u8) || head.StartsWith("BW64"u8));

    /// <param name="from">Where the file begins, behind tags.</param>
    /// <returns>Null: it has no samples, or does not say what they are.</returns>
    public static WavFile? Read(FileWindow file, long from = 0)
    {
        var head = file.At(from, 12);
        if (!IsWav(head)) return null;
        var isRiff = head.StartsWith("RIFF"u8);
        var whole = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) + 8L;
        long? large = null;
        byte[]? format = null;
        var position = from + 12;
        for (var chunk = 0; chunk < MaxChunks; chunk++)
        {
            head = file.At(position, 24);
            if (head.Length < 8) return null;
            long size = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
            if (head.StartsWith("ds64"u8) && head.Length == 24) large = BinaryPrimitives.ReadInt64LittleEndian(head[16..]);
            if (head.StartsWith("data"u8))
            {
                if (format is null) return null;
                var announced = !isRiff && size == uint.MaxValue ? large ?? size : size;
                return Of(file, format, position + 8, announced, isRiff && Math.Abs(from + whole - file.Length) <= 1);
            }
            if (head.StartsWith("fmt "u8) && size is >= 16 and <= LongestFormat) format = [.. file.At(position + 8, (int)size)];
            position += 8 + size + (size & 1);
        }
        return null;
    }

    /// <summary>Writes the same samples with a header that is right.</summary>
    public async Task RepairAsync(string from, string to, CancellationToken cancel)
    {
        await using var source = File.OpenRead(from);
        await using var copy = File.Create(to);
        source.Position = Start;
        var size = SampleBytes;
        await using (var header = new BinaryWriter(copy, Encoding.ASCII, leaveOpen: true))
        {
            header.Write("RIFF"u8);
            header.Write((uint)(20 + Format.Length + size));
            header.Write("WAVEfmt "u8);
            header.Write(Format.Length);
            header.Write(Format);
            header.Write("data"u8);
            header.Write((uint)size);
        }
        await source.CopyToAsync(copy, cancel);
        copy.SetLength(28 + Format.Length + size);
    }

    private static WavFile Of(FileWindow file, byte[] format, long start, long size, bool isExact)
    {
        var wav = new WavFile { Format = format, Start = start, Available = file.Length - start };
        if (size is <= 0 or > LargestAnnounced) return wav;
        var goesOn = size < wav.Available && !IsChunk(file, start + size + (size & 1));
        wav = wav with { Announced = size, GoesOn = goesOn };
        return wav with { IsExact = isExact && !goesOn && size == wav.SampleBytes };
    }

    /// <summary>The end of the file, or a chunk's four letters and a size that ends within the file.</summary>
    private static bool IsChunk(FileWindow file, long position)
    {
        if (position >= file.Length) return true;
        var head = file.At(position, 8);
        if (head.Length < 8) return head.IndexOfAnyExcept((byte)0) < 0;
        foreach (var letter in head[..4])
            if (letter is < 0x20 or > 0x7E) return false;
        return position + 8 + BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) <= file.Length + 1;
    }
}
