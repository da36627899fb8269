using System.Buffers.Binary;

namespace Rushes.Media;

/// <summary>Tells a file's format by its first bytes, never by its name.</summary>
public static class MediaTypes
{
    /// <summary>How many of a file's first bytes are enough.</summary>
    public const int HeadSize = 4096;

    /// <summary>Null: none of the formats taken; <see cref="OtherTypes"/> may know its name.</summary>
    public static MediaType? Tell(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith<byte>([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return MediaType.Png;
        if (head.StartsWith<byte>([0xFF, 0xD8, 0xFF])) return MediaType.Jpeg;
        if (head.Length >= 12 && head.StartsWith("RIFF"u8))
            return head[8..12].SequenceEqual("WEBP"u8)
                ? MediaType.WebP
                : head[8..12].SequenceEqual("WAVE"u8)
                ? MediaType.Wav
                : null;
        if (head.StartsWith("OggS"u8)) return MediaType.Ogg;
        if (head.StartsWith("fLaC"u8)) return MediaType.Flac;
        if (head.StartsWith("ID3"u8)) return AfterTag(head);
        if (head.StartsWith<byte>([0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA, 0x00, 0x62, 0xCE, 0x6C])) return MediaType.Wma;
        if (head.StartsWith<byte>([0x1A, 0x45, 0xDF, 0xA3])) return IsWebM(head) ? MediaType.WebM : null;
        if (head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8)) return ByBrand(head[8..12]);
        // QuickTime before it had brands began with any of its atoms.
        if (head.Length >= 8 && (head[4..8].SequenceEqual("moov"u8) || head[4..8].SequenceEqual("mdat"u8) || head[4..8].SequenceEqual("wide"u8))) return MediaType.Mov;
        if (IsAac(head)) return MediaType.Aac;
        return IsMp3(head) ? MediaType.Mp3 : null;
    }

    /// <summary>An ID3 tag is mostly an MP3's, but other formats carry it as well.</summary>
    private static MediaType AfterTag(ReadOnlySpan<byte> head)
    {
        if (head.Length < 10) return MediaType.Mp3;
        var size = 10 + ((head[6] & 0x7F) << 21 | (head[7] & 0x7F) << 14 | (head[8] & 0x7F) << 7 | (head[9] & 0x7F));
        if (size >= head.Length) return MediaType.Mp3;
        var rest = head[size..];
        return rest.StartsWith("fLaC"u8) ? MediaType.Flac : IsAac(rest) ? MediaType.Aac : MediaType.Mp3;
    }

    /// <summary>Matroska is one container for everything; WebM says so in its DocType (element 4282).</summary>
    private static bool IsWebM(ReadOnlySpan<byte> head)
    {
        head = head[..Math.Min(head.Length, 128)];
        var docType = head.IndexOf<byte>([0x42, 0x82]);
        return docType >= 0 && head[docType..].Length > 7 && head[(docType + 3)..].StartsWith("webm"u8);
    }

    private static MediaType? ByBrand(ReadOnlySpan<byte> brand)
    {
        if (OtherTypes.IsPictureBrand(brand)) return null;
        if (brand.SequenceEqual("qt  "u8)) return MediaType.Mov;
        return brand.StartsWith("M4A"u8) || brand.StartsWith("M4B"u8) ? MediaType.M4a : MediaType.Mp4;
    }

    /// <summary>An ADTS frame (ISO/IEC 13818-7) that another one, or the end, follows.</summary>
    private static bool IsAac(ReadOnlySpan<byte> head)
    {
        if (head.Length < 7 || head[0] != 0xFF || (head[1] & 0xF6) != 0xF0) return false;
        var length = (head[3] & 0x03) << 11 | head[4] << 3 | head[5] >> 5;
        return length >= 7 && (length + 2 > head.Length || (head[length] == 0xFF && (head[length + 1] & 0xF6) == 0xF0));
    }

    /// <summary>A layer III frame (ISO/IEC 11172-3, 13818-3) that another one, or the end, follows.</summary>
    private static bool IsMp3(ReadOnlySpan<byte> head)
    {
        if (Mp3FrameLength(head) is not { } length) return false;
        return length + 4 > head.Length || Mp3FrameLength(head[length..]) is not null;
    }

    private static int? Mp3FrameLength(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 4) return null;
        var header = BinaryPrimitives.ReadUInt32BigEndian(frame);
        var version = (int)(header >> 19 & 3);
        var rate = (int)(header >> 12 & 15);
        var frequency = (int)(header >> 10 & 3);
        var layerThree = (header >> 17 & 3) == 1;
        if (header >> 21 != 0x7FF || version == 1 || !layerThree || rate is 0 or 15 || frequency == 3) return null;
        ReadOnlySpan<int> mpeg1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        ReadOnlySpan<int> mpeg2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        ReadOnlySpan<int> hertz = [44100, 48000, 32000];
        var padding = (int)(header >> 9 & 1);
        return version == 3
            ? 144_000 * mpeg1[rate] / hertz[frequency] + padding
            : 72_000 * mpeg2[rate] / (hertz[frequency] / (version == 2 ? 2 : 4)) + padding;
    }
}
