using System.IO.Compression;

namespace Rushes.Pictures;

/// <summary>
/// The compressed texts and profile of a PNG. However small the picture is, programs that read them may unpack them whole, so a
/// few megabytes of them can fill a memory.
/// </summary>
internal sealed class PngTexts
{
    /// <summary>More than any camera's or printer's profile.</summary>
    public const long Most = 16_000_000;

    /// <summary>Keywords and languages have at most 79 characters each; a translated keyword has no limit but this.</summary>
    private const int MostNames = 4096;

    private readonly byte[] buffer = new byte[64 << 10];
    private long unpacked;

    public bool IsTooMuch => unpacked > Most;

    /// <param name="file">At the beginning of the chunk's data.</param>
    public void Add(string type, FileStream file, long length)
    {
        if (type is not ("zTXt" or "iTXt" or "iCCP")) return;
        var names = buffer.AsSpan(0, (int)Math.Min(length, MostNames));
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
        catch (InvalidDataException)
        {
            // Texts that cannot be read are left to libpng, which ignores them.
        }
    }

    /// <summary>
    /// Where the zlib stream begins: after a keyword and the method; in iTXt after a language and a translated keyword as well.
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
