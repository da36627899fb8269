using System.Text;
using System.Text.Unicode;

namespace Rushes.Media;

/// <summary>Names of other file types that clients send instead of media, for the error message.</summary>
internal static class OtherTypes
{
    public const string Empty = "empty";
    public const string Unknown = "of no known format";

    /// <summary>The file's type as a phrase after "is", for a file that <see cref="MediaTypes.Detect"/> rejects.</summary>
    public static string Describe(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty) return Empty;
        if (head.StartsWith("GIF8"u8)) return "a GIF picture";
        if (head.StartsWith("BM"u8)) return "a BMP picture";
        if (head.StartsWith("II*\0"u8) || head.StartsWith("MM\0*"u8)) return "a TIFF picture";
        if (head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8))
            return head[8..11].SequenceEqual("avi"u8) ? "an AVIF picture" : "an HEIC picture";
        if (head.StartsWith("RIFF"u8))
            return head.Length >= 11 && head[8..11].SequenceEqual("AVI"u8) ? "an AVI clip" : "an unknown RIFF file";
        if (head.StartsWith("RIFX"u8)) return "a big-endian WAV sound";
        if (head.StartsWith<byte>([0x72, 0x69, 0x66, 0x66, 0x2E, 0x91])) return "a Wave64 sound";
        if (head.StartsWith(".snd"u8)) return "an AU sound";
        if (head.StartsWith("wvpk"u8)) return "a WavPack sound";
        if (head.StartsWith("MAC "u8)) return "a Monkey's Audio sound";
        if (head.StartsWith("ADIF"u8)) return "an ADIF sound";
        if (head.StartsWith("MThd"u8)) return "a MIDI file";
        if (head.StartsWith("FLV\u0001"u8)) return "an FLV clip";
        if (head.Length > 376 && head[0] == 0x47 && head[188] == 0x47 && head[376] == 0x47)
            return "an MPEG transport stream clip";
        if (head.StartsWith<byte>([0, 0, 1, 0xBA])) return "an MPEG program stream clip";
        if (head.StartsWith("%PDF"u8)) return "a PDF";
        if (head.StartsWith("PK\x03\x04"u8)) return "a ZIP archive";
        if (head.StartsWith<byte>([0x1F, 0x8B])) return "a gzip archive";
        return IsText(head) ? DescribeText(Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\t', '\r', '\n')) : Unknown;
    }

    /// <summary>ISO base media files with a still picture.</summary>
    public static bool IsImageBrand(ReadOnlySpan<byte> brand) =>
        brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.StartsWith("avi"u8)
        || brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8) || brand.StartsWith("crx"u8);

    private static string DescribeText(string text)
    {
        bool Begins(string start) => text.StartsWith(start, StringComparison.OrdinalIgnoreCase);
        bool Holds(string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

        if (Begins("#EXTM3U") || Begins("ffconcat")) return "a playlist";
        if (Begins("<!DOCTYPE html") || Begins("<html") || (Begins("<") && Holds("<html"))) return "an HTML page";
        if (Begins("<svg") || (Begins("<") && Holds("<svg"))) return "an SVG drawing";
        if (Begins("<?xml") || Begins("<")) return "an XML document";
        if (Begins("{") || Begins("[")) return "JSON";
        if (Begins("data:")) return "a data: URI (encoded twice?)";
        return "text";
    }

    private static bool IsText(ReadOnlySpan<byte> head)
    {
        // The head may end in the middle of a character.
        for (var cut = 0; cut < 4 && cut < head.Length; cut++)
            if (Utf8.IsValid(head[..^cut]))
                return !head.Contains((byte)0);
        return false;
    }
}
