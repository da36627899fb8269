using System.IO.Compression;

namespace Rushes.Pictures;

/// <summary>
/// The compressed texts and profile of a PNG. Programs may decompress them completely, so a few megabytes of them can use up
/// all memory, even if the picture is small.
/// </summary>
internal sealed class PngTexts
{
    /// <summary>Larger than the profile of any camera or printer.</summary>
    public const long MaxBytes = 16_000_000;

    /// <summary>Keywords and languages have at most 79 characters each; a translated keyword has no other limit.</summary>
    private const int MaxNameBytes = 4096;

    private readonly byte[] buffer = new byte[64 << 10];
    private long unpacked;

    public bool IsTooMuch => unpacked > MaxBytes;

    /// <param name="file">Positioned at the start of the chunk's data.</param>
    public void Add(string type, FileStream file, long length)
    {
        if (type is not ("zTXt" or "iTXt" or "iCCP")) return;
        var names = buffer.AsSpan(0, (int)Math.Min(length, MaxNameBytes));
        var start = file.Position;
        file.ReadExactly(names);
        if (CompressedAt(names, isInternational: type == "iTXt") is not { } offset) return;
        file.Position = start + offset;
        using var stream = new ZLibStream(file, CompressionMode.Decompress, leaveOpen: true);
        try
        {
            int read;
            while (!IsTooMuch && (read = stream.Read(buffer)) > 0) unpacked += read;
        }
        catch (Exception error) when (error is InvalidDataException or IOException)
        {
            // libpng ignores invalid texts. Some faults of zlib are an IOException.
        }
    }

    /// <summary>
    /// Where the zlib stream starts: after the keyword and the method; in iTXt also after the language and its keyword.
    /// </summary>
    private static int? CompressedAt(ReadOnlySpan<byte> chunk, bool isInternational)
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
}
