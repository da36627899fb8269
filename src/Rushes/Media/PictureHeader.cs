using System.Buffers.Binary;

namespace Rushes.Media;

/// <summary>
/// A picture's size and whether all of it is there, read from its structure alone: what is too large is refused
/// before any decoder sees it.
/// </summary>
/// <param name="Width">As displayed: a JPEG's EXIF orientation is followed.</param>
/// <param name="Problem">Null, or why it is refused, to follow the field's name.</param>
internal readonly record struct PictureHeader(int Width, int Height, string? Problem = null)
{
    /// <summary>Of a pixel as it is decoded, at most.</summary>
    public int PixelBytes { get; init; } = 4;

    public long Pixels => (long)Width * Height;

    /// <summary>What decoding it takes.</summary>
    public long Bytes => Pixels * PixelBytes;

    private static readonly PictureHeader CutOff = new(0, 0, "is cut off; send the whole file");

    private static readonly PictureHeader TooMuchBallast = new(
        0, 0, $"holds texts or a colour profile that unpack to more than {PngBallast.Most / 1_000_000} MB; save it without them");

    private const int JpegCoefficientBytes = 12, WebPBytes = 8;

    public static PictureHeader Read(MediaType type, FileWindow file)
    {
        var header = type == MediaType.Png
            ? Png(file)
            : type == MediaType.Jpeg
            ? Jpeg(file)
            : WebP(file) with { PixelBytes = WebPBytes };
        return header is { Problem: null, Width: 0 } or { Problem: null, Height: 0 }
            ? header with { Problem = "has no width or no height; send a whole picture" }
            : header;
    }

    /// <summary>PNG (ISO/IEC 15948): chunks from IHDR to IEND.</summary>
    private static PictureHeader Png(FileWindow file)
    {
        var first = file.At(8, 16);
        if (first.Length < 16 || !first[4..8].SequenceEqual("IHDR"u8)) return CutOff;
        var width = BinaryPrimitives.ReadUInt32BigEndian(first[8..]);
        var height = BinaryPrimitives.ReadUInt32BigEndian(first[12..]);
        if (width > int.MaxValue || height > int.MaxValue) return new(0, 0, "has a size no PNG may have");
        var header = new PictureHeader((int)width, (int)height) { PixelBytes = file.At(24, 1) is [16] ? 8 : 4 };
        var ballast = new PngBallast(file);
        for (var position = 8L; ;)
        {
            var chunk = file.At(position, 8);
            if (chunk.Length < 8) return CutOff;
            var end = position + 12 + BinaryPrimitives.ReadUInt32BigEndian(chunk);
            if (end > file.Length) return CutOff;
            if (chunk[4..8].SequenceEqual("IEND"u8)) return header;
            if (ballast.IsTooMuch([.. chunk[4..8]], position + 8)) return TooMuchBallast;
            position = end;
        }
    }

    /// <summary>JPEG (ITU T.81): segments, then scans, until the end-of-image marker.</summary>
    private static PictureHeader Jpeg(FileWindow file)
    {
        var (width, height, orientation, pixelBytes) = (0, 0, 1, 4);
        for (var position = 2L; ;)
        {
            var bytes = file.At(position, 4);
            if (bytes.Length < 2) return CutOff;
            if (bytes[0] != 0xFF) return new(0, 0, "is a damaged JPEG; save it again");
            var marker = bytes[1];
            if (marker is 0xFF or 0x01 or (>= 0xD0 and <= 0xD7))
            {
                position += marker == 0xFF ? 1 : 2;
                continue;
            }
            if (marker == 0xD9)
                return width == 0
                    ? CutOff
                    : (orientation >= 5 ? new(height, width) : new PictureHeader(width, height)) with { PixelBytes = pixelBytes };
            if (bytes.Length < 4) return CutOff;
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC) && file.At(position + 5, 4) is { Length: 4 } size)
            {
                (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(size), BinaryPrimitives.ReadUInt16BigEndian(size[2..]));
                // All but baseline pictures are collected as 16-bit coefficients before they become pixels.
                if (marker is not (0xC0 or 0xC1)) pixelBytes = JpegCoefficientBytes;
            }
            if (marker == 0xE1)
                orientation = Exif.Orientation(file.At(position + 4, length - 2)) ?? orientation;
            position += 2 + Math.Max(2, (int)length);
            if (marker == 0xDA) position = AfterScan(file, position);
        }
    }

    /// <summary>Where the next marker is; in a scan's data an FF that is data has a zero behind it.</summary>
    private static long AfterScan(FileWindow file, long position)
    {
        while (true)
        {
            var bytes = file.At(position, FileWindow.Size);
            if (bytes.Length < 2) return file.Length;
            var at = 0;
            while (bytes[at..].IndexOf((byte)0xFF) is var next and >= 0 && (at += next) < bytes.Length - 1)
            {
                if (bytes[at + 1] is not (0x00 or (>= 0xD0 and <= 0xD7))) return position + at;
                at += 2;
            }
            // An FF at the window's very end is looked at again with what follows it.
            position += at < bytes.Length - 1 || bytes[^1] != 0xFF ? bytes.Length : bytes.Length - 1;
        }
    }

    /// <summary>WebP (RFC 9649): its first chunk tells the size, the RIFF header the length.</summary>
    private static PictureHeader WebP(FileWindow file)
    {
        var head = file.At(0, 30);
        if (head.Length < 30 || BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) + 8L > file.Length) return CutOff;
        var data = head[20..];
        if (head[12..16].SequenceEqual("VP8X"u8))
            return (data[0] & 2) != 0
                ? new(0, 0, "is an animated WebP; send a still picture")
                : new((data[4] | data[5] << 8 | data[6] << 16) + 1, (data[7] | data[8] << 8 | data[9] << 16) + 1);
        if (head[12..16].SequenceEqual("VP8L"u8))
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            return new((int)(bits & 0x3FFF) + 1, (int)(bits >> 14 & 0x3FFF) + 1);
        }
        return head[12..16].SequenceEqual("VP8 "u8)
            ? new(
                BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF,
                BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF)
            : new(0, 0, "is a damaged WebP; save it again");
    }
}
