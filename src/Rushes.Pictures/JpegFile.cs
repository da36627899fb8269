using System.Buffers.Binary;

namespace Rushes.Pictures;

/// <summary>The segments of a JPEG (ITU T.81) before its pixels.</summary>
/// <param name="IsPlain">
/// Whether it has luminance and two color differences, one scan, and no orientation, profile or other pictures.
/// </param>
/// <param name="HasAdobeMarker">Whether it has the marker of Adobe's programs, which write inverted CMYK.</param>
internal readonly record struct JpegFile(bool IsPlain, bool HasAdobeMarker)
{
    private const byte Baseline = 0xC0, Extended = 0xC1, StartOfScan = 0xDA, Fill = 0xFF, Adobe = 0xEE;

    /// <summary>Frames of one scan, tables, restart interval, JFIF and comments.</summary>
    private static readonly byte[] PlainMarkers = [Baseline, Extended, 0xC4, 0xDB, 0xDD, 0xE0, 0xFE];

    /// <summary>A marker, its length, and a frame's precision, size, number of components and the components.</summary>
    private const int HeadSize = 2 + 2 + 1 + 4 + 1 + 3 * 3;

    public static JpegFile Read(string path)
    {
        using var file = File.OpenRead(path);
        var (isPlain, hasAdobeMarker) = (true, false);
        var head = new byte[HeadSize];
        for (file.Position = 2; file.ReadAtLeast(head, HeadSize, throwOnEndOfStream: false) == HeadSize && head[0] == Fill;)
        {
            var marker = head[1];
            if (marker == StartOfScan) return new(isPlain, hasAdobeMarker);
            if (marker == Fill)
            {
                file.Position -= HeadSize - 1;
                continue;
            }
            isPlain &= PlainMarkers.Contains(marker);
            // Programs interpret components with other numbers differently.
            if (marker is Baseline or Extended) isPlain &= (head[10], head[13], head[16]) is (1, 2, 3);
            hasAdobeMarker |= marker == Adobe && head.AsSpan(4).StartsWith("Adobe"u8);
            file.Position += BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)) + 2 - HeadSize;
        }
        return new(IsPlain: false, hasAdobeMarker);
    }
}
