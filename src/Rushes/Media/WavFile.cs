using System.Buffers.Binary;
using System.Text;

namespace Rushes.Media;

/// <summary>The samples of a WAV file, by its actual bytes, because the header may be wrong about their number.</summary>
internal sealed record WavFile
{
    /// <summary>Larger sizes are placeholders, such as 7FFFFFFF, FFFFFFFF or 2,000,000,000.</summary>
    private const long MaxAnnounced = 512L << 20;

    /// <summary>Some programs count the header as well.</summary>
    private const int Slack = 64;

    private const int MaxChunks = 100, MaxFormat = 4096;

    private WavFile() { }

    /// <summary>Bytes of samples according to the header; null if it is a placeholder of a streaming program.</summary>
    private long? Announced { get; init; }

    /// <summary>The content of the format chunk.</summary>
    private byte[] Format { get; init; } = [];

    private long Start { get; init; }

    /// <summary>Bytes from the first sample to the end of the file.</summary>
    private long Available { get; init; }

    /// <summary>What follows the announced samples is not a chunk, so it must be more samples.</summary>
    private bool GoesOn { get; init; }

    /// <summary>All sizes in the header are correct, so that every program reads the same samples.</summary>
    public bool IsExact { get; private init; }

    /// <summary>The header announces more samples than the file has.</summary>
    public bool IsCutOff => Announced > Available + Slack && CutOff.IsLikely(Announced.Value, Available);

    /// <summary>The length in microseconds, as ffmpeg counts.</summary>
    public double Seconds =>
        Math.Round((double)SampleBytes / Math.Max(1, BinaryPrimitives.ReadUInt32LittleEndian(Format.AsSpan(8))), 6);

    /// <summary>The bytes of complete samples in the file.</summary>
    private long SampleBytes
    {
        get
        {
            var bytes = Announced is null || GoesOn || Announced > Available ? Available : Announced.Value;
            return bytes - bytes % Math.Max((ushort)1, BinaryPrimitives.ReadUInt16LittleEndian(Format.AsSpan(12)));
        }
    }

    /// <summary>RIFF, RF64 and BW64; the latter two have 64-bit sizes in a separate chunk (EBU Tech 3306).</summary>
    public static bool IsWav(ReadOnlySpan<byte> head) => head.Length >= 12 && head[8..12].SequenceEqual("WAVE"u8)
        && (head.StartsWith("RIFF"u8) || head.StartsWith("RF64"u8) || head.StartsWith("BW64"u8));

    /// <param name="from">The start of the file, after tags.</param>
    /// <returns>Null if it has no samples or no format chunk.</returns>
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
            if (head.StartsWith("fmt "u8) && size is >= 16 and <= MaxFormat) format = [.. file.At(position + 8, (int)size)];
            position += 8 + size + (size & 1);
        }
        return null;
    }

    /// <summary>Writes the same samples with a correct header.</summary>
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
        if (size is <= 0 or > MaxAnnounced) return wav;
        var goesOn = size < wav.Available && !IsChunk(file, start + size + (size & 1));
        wav = wav with { Announced = size, GoesOn = goesOn };
        return wav with { IsExact = isExact && !goesOn && size == wav.SampleBytes };
    }

    /// <summary>Whether the file ends here, or a chunk starts that ends within the file.</summary>
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
