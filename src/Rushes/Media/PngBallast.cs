using System.IO.Compression;

namespace Rushes.Media;

/// <summary>
/// What a PNG carries besides its pixels in compressed chunks: texts and a colour profile. A decoder unpacks them whole, however
/// small the picture is, so a few megabytes of them can fill its memory.
/// </summary>
internal sealed class PngBallast(FileWindow file)
{
    /// <summary>More than any camera's or printer's profile, and little for a decoder.</summary>
    public const long Most = 16_000_000;

    private readonly byte[] buffer = new byte[64 << 10];
    private long unpacked;

    /// <summary>Takes a chunk in. True: it and those before unpack to more than <see cref="Most"/>.</summary>
    public bool IsTooMuch(ReadOnlySpan<byte> type, long data)
    {
        if (!type.SequenceEqual("zTXt"u8) && !type.SequenceEqual("iTXt"u8) && !type.SequenceEqual("iCCP"u8)) return false;
        if (PackedAt(file.At(data, FileWindow.Size), isInternational: type[0] == 'i' && type[1] == 'T') is { } offset)
            Unpack(data + offset);
        return unpacked > Most;
    }

    /// <summary>
    /// Where the zlib stream begins: behind a keyword and the method; in iTXt behind a language and the keyword in it as
    /// well.
    /// </summary>
    private static int? PackedAt(ReadOnlySpan<byte> chunk, bool isInternational)
    {
        var keyword = chunk.IndexOf((byte)0);
        if (keyword < 0 || chunk.Length < keyword + 3) return null;
        if (!isInternational) return keyword + 2;
        if (chunk[keyword + 1] == 0) return null;
        var language = chunk[(keyword + 3)..].IndexOf((byte)0);
        if (language < 0) return null;
        var translated = chunk[(keyword + 4 + language)..].IndexOf((byte)0);
        return translated < 0 ? null : keyword + 5 + language + translated;
    }

    private void Unpack(long position)
    {
        using var packed = new ZLibStream(file.From(position), CompressionMode.Decompress, leaveOpen: true);
        try
        {
            int read;
            while (unpacked <= Most && (read = packed.Read(buffer)) > 0) unpacked += read;
        }
        catch (InvalidDataException)
        {
            // Whether a picture with broken texts is taken is the decoder's to say.
        }
    }
}
