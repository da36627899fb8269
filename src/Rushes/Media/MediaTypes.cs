namespace Rushes.Media;

/// <summary>The format of a file, and where its content begins.</summary>
/// <param name="Type">Null if it is not an accepted format; <see cref="OtherTypes"/> may know its name.</param>
/// <param name="Start">Bytes of tags or junk before the content.</param>
/// <param name="IsClean">Whether other programs recognize it from its first bytes.</param>
internal readonly record struct FoundType(MediaType? Type, long Start = 0, bool IsClean = true);

/// <summary>Detects the format of a file from its bytes, never from its name.</summary>
public static class MediaTypes
{
    /// <summary>How many of the first bytes are enough to detect the format.</summary>
    public const int HeadSize = 4096;

    /// <summary>Uses the first bytes only. Null if it is not an accepted format, or if other bytes precede it.</summary>
    public static MediaType? Detect(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith<byte>([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return MediaType.Png;
        if (head.StartsWith<byte>([0xFF, 0xD8, 0xFF])) return MediaType.Jpeg;
        if (head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..12].SequenceEqual("WEBP"u8)) return MediaType.WebP;
        if (WavFile.IsWav(head)) return MediaType.Wav;
        if (head.StartsWith("OggS"u8)) return MediaType.Ogg;
        if (head.StartsWith("fLaC"u8)) return MediaType.Flac;
        if (head.StartsWith("#!AMR"u8)) return MediaType.Amr;
        if (head.StartsWith("caff\0\u0001"u8)) return MediaType.Caf;
        if (head.Length >= 12 && head.StartsWith("FORM"u8) && head[8..11].SequenceEqual("AIF"u8)) return MediaType.Aiff;
        if (head.StartsWith<byte>(
            [0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA, 0x00, 0x62, 0xCE, 0x6C]))
            return MediaType.Wma;
        if (head.StartsWith<byte>([0x1A, 0x45, 0xDF, 0xA3])) return Matroska(head);
        if (head.Length >= 12 && head[4..8].SequenceEqual("ftyp"u8)) return ByBrand(head[8..12]);
        return SoundFrames.Detect(head);
    }

    /// <summary>Also skips tags and other bytes before the content, and reads the atoms of QuickTime.</summary>
    internal static FoundType Find(FileWindow file)
    {
        if (Detect(file.At(0, HeadSize)) is { } clean) return new(clean);
        if (MovAtoms.Detect(file) is { } mov) return new(mov, IsClean: false);
        var start = Id3Tag.End(file, out var tags);
        if (tags == 0 && OtherTypes.Describe(file.At(0, HeadSize)) != OtherTypes.Unknown) return new(null);
        if (tags > 0 && Detect(file.At(start, HeadSize)) is { Kind: Catalog.MediaKind.Sound } tagged)
            return new(tagged, start, tagged == MediaType.Mp3 && tags == 1);
        var (type, frames) = SoundFrames.Find(file, start);
        return new(type, frames, IsClean: false);
    }

    internal static MediaType? ByBrand(ReadOnlySpan<byte> brand)
    {
        if (OtherTypes.IsImageBrand(brand)) return null;
        if (brand.SequenceEqual("qt  "u8)) return MediaType.Mov;
        return brand.StartsWith("M4A"u8) || brand.StartsWith("M4B"u8) ? MediaType.M4a : MediaType.Mp4;
    }

    /// <summary>WebM and Matroska share a container; WebM has its own DocType (element 4282).</summary>
    private static MediaType Matroska(ReadOnlySpan<byte> head)
    {
        head = head[..Math.Min(head.Length, 128)];
        var docType = head.IndexOf<byte>([0x42, 0x82]);
        return docType >= 0 && head[docType..].Length > 7 && head[(docType + 3)..].StartsWith("webm"u8)
            ? MediaType.WebM
            : MediaType.Matroska;
    }
}
