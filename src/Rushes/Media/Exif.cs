using System.Buffers.Binary;

namespace Rushes.Media;

/// <summary>The one EXIF field that matters here.</summary>
internal static class Exif
{
    private const ushort OrientationTag = 0x0112;

    /// <summary>
    /// 1 to 8 as EXIF numbers them (5 and above lie on their side); null when the segment tells none.
    /// <paramref name="segment"/> is an APP1 segment's content.
    /// </summary>
    public static int? Orientation(ReadOnlySpan<byte> segment)
    {
        if (!segment.StartsWith("Exif\0\0"u8)) return null;
        var tiff = segment[6..];
        if (tiff.Length < 8) return null;
        var big = tiff.StartsWith("MM"u8);
        if (!big && !tiff.StartsWith("II"u8)) return null;
        var start = big ? BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]);
        if (start > tiff.Length - 2) return null;
        var fields = tiff[(int)start..];
        int count = Number(fields, big);
        fields = fields[2..];
        for (; count > 0 && fields.Length >= 12; count--, fields = fields[12..])
            if (Number(fields, big) == OrientationTag)
                return Number(fields[8..], big) is var value and >= 1 and <= 8 ? value : null;
        return null;
    }

    private static ushort Number(ReadOnlySpan<byte> bytes, bool big) =>
        big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
