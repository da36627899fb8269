using System.Buffers.Binary;
using System.Text;

namespace Rushes.Pictures;

/// <summary>The chunks of a PNG (ISO/IEC 15948). libvips does not read those after the pixels.</summary>
internal sealed record PngFile
{
    /// <summary>Chunks that do not change how the pixels look or how many pictures there are.</summary>
    private static readonly HashSet<string> PlainChunks = ["IHDR", "IDAT", "IEND", "pHYs", "sRGB", "tIME"];

    /// <summary>The signature and the first chunk.</summary>
    private const int HeaderSize = 33;

    /// <summary>Whether it has its last chunk.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Whether it has 8 bits of red, green and blue, and no animation, profile, transparency or metadata.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>Whether its texts and profile decompress to more than <see cref="PngTexts.MaxBytes"/>.</summary>
    public bool HasTooMuchText { get; private set; }

    /// <summary>An eXIf chunk after the pixels, as a separate PNG without pixels; null if there is none.</summary>
    public byte[]? LateExif { get; private set; }

    public static PngFile Read(string path)
    {
        var png = new PngFile();
        using var file = File.OpenRead(path);
        var header = new byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) == HeaderSize) png.ReadChunks(file, header);
        return png;
    }

    private void ReadChunks(FileStream file, byte[] header)
    {
        var texts = new PngTexts();
        var hasPixels = false;
        var head = new byte[8];
        (IsPlain, file.Position) = (header[24] == 8 && header[25] == 2, 8);
        while (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(head);
            var end = file.Position + length + 4;
            if (end > file.Length) return;
            var type = Encoding.Latin1.GetString(head, 4, 4);
            IsPlain &= PlainChunks.Contains(type);
            hasPixels |= type == "IDAT";
            if (type == "eXIf" && hasPixels) LateExif = WithoutPixels(header, file, length);
            texts.Add(type, file, length);
            HasTooMuchText = texts.IsTooMuch;
            IsWhole = type == "IEND";
            if (IsWhole || HasTooMuchText) return;
            file.Position = end;
        }
    }

    /// <summary>A PNG with this header and the current chunk, without pixels.</summary>
    private static byte[] WithoutPixels(byte[] header, FileStream file, uint length)
    {
        var chunk = new byte[8 + length + 4];
        file.Position -= 8;
        file.ReadExactly(chunk);
        return [.. header, .. chunk, 0, 0, 0, 0, .. "IDAT"u8, 0x35, 0xAF, 0x06, 0x1E];
    }
}
