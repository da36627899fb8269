using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using NetVips;

namespace Rushes.Tests.Media;

/// <summary>Makes small pictures in the forms that people send: 96x64, in quarters of four colours, or of one colour.</summary>
internal static class ImageFiles
{
    public const int Width = 96, Height = 64;

    private const int Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, Rgba = 6;

    /// <summary>Of Adobe RGB (1998) and of Display P3, relative to D50: red, green and blue.</summary>
    private static readonly double[][] AdobePrimaries =
        [[0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457]];

    private static readonly double[][] P3Primaries =
        [[0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407]];

    /// <summary>Red, green, blue and white, clockwise from the top left.</summary>
    public static byte[] Quarters(byte[]? before = null, byte[]? after = null) => Png(
        8, Rgb, (x, y) => (IsLeft(x), y < Height / 2) switch
        {
            (true, true) => [230, 20, 20],
            (false, true) => [20, 200, 20],
            (false, false) => [20, 20, 230],
            _ => [245, 245, 245],
        }, before, after);

    public static byte[] TurnedPng(int orientation, bool big, int type, bool isLate)
    {
        var chunk = Chunk("eXIf", Exif(orientation, big, type));
        return isLate ? Quarters(after: chunk) : Quarters(before: chunk);
    }

    public static byte[] TurnedJpeg(int orientation, bool big, int type) =>
        WithSegment(Jpeg(Quarters()), 0xE1, [.. "Exif\0\0"u8, .. Exif(orientation, big, type)]);

    public static byte[] TurnedWebP(int orientation, bool big)
    {
        using var picture = Image.PngloadBuffer(Quarters());
        byte[] exif = [.. "Exif\0\0"u8, .. Exif(orientation, big, 3)];
        using var turned = picture.Mutate(header => header.Set(GValue.BlobType, "exif-data", exif));
        return turned.WebpsaveBuffer(lossless: true, keep: Enums.ForeignKeep.Exif);
    }

    public static byte[] Deep() => Png(16, Rgb, (_, _) => [0x80, 0x12, 0x40, 0x34, 0xC0, 0x56]);

    /// <summary>Half transparent red on the left, transparent magenta on the right.</summary>
    public static byte[] DeepWithAlpha() => Png(
        16, Rgba, (x, _) => IsLeft(x) ? [0xFF, 0xFF, 0, 0, 0, 0, 0x80, 0x80] : [0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0, 0]);

    public static byte[] DeepGrey() => Png(16, Grey, (_, _) => [0x60, 0x77]);

    public static byte[] GreyWithAlpha() => Png(8, GreyAlpha, (x, _) => IsLeft(x) ? [0x20, 0xFF] : [0xFF, 0]);

    public static byte[] PaletteWithTransparency() => Png(
        8, Palette, (x, _) => [(byte)(IsLeft(x) ? 0 : 1)],
        [.. Chunk("PLTE", [255, 0, 0, 255, 0, 255]), .. Chunk("tRNS", [255, 0])]);

    public static byte[] ColourKey() => Png(
        8, Rgb, (x, _) => IsLeft(x) ? [255, 0, 0] : [255, 0, 255], Chunk("tRNS", [0, 255, 0, 0, 0, 255]));

    public static byte[] AdobeRgb() => Brown(ProfileChunk(Profile("RGB ", AdobePrimaries, 0x0233)));

    public static byte[] DisplayP3() => Brown(ProfileChunk(Profile("RGB ", P3Primaries, 0x0233)));

    public static byte[] DisplayP3Jpeg() => WithSegment(
        Jpeg(Brown()), 0xE2, [.. "ICC_PROFILE\0\u0001\u0001"u8, .. Profile("RGB ", P3Primaries, 0x0233)]);

    public static byte[] LinearGrey() => Png(8, Grey, (_, _) => [96], ProfileChunk(Profile("GRAY", [], 0x0100)));

    /// <summary>A profile for another kind of picture.</summary>
    public static byte[] WrongProfile() => Brown(ProfileChunk(Profile("GRAY", [], 0x0100)));

    public static byte[] GreyJpeg() => Jpeg(Png(8, Grey, (_, _) => [96]));

    /// <summary>Cyan, yellow, black and red, clockwise from the top left.</summary>
    /// <param name="withMarker">Adobe's, and the values inverted as Adobe's programs write them.</param>
    public static byte[] Cmyk(bool withMarker)
    {
        using var cyan = Ink(255, 0, 0, 0);
        using var yellow = Ink(0, 0, 255, 0);
        using var red = Ink(0, 255, 255, 0);
        using var black = Ink(0, 0, 0, 255);
        using var top = cyan.Join(yellow, Enums.Direction.Horizontal);
        using var bottom = red.Join(black, Enums.Direction.Horizontal);
        using var all = top.Join(bottom, Enums.Direction.Vertical);
        if (withMarker) return all.JpegsaveBuffer(q: 98);
        // libvips writes the marker and inverts, both of which is undone here.
        using var inverted = all.Invert();
        var jpeg = inverted.JpegsaveBuffer(q: 98);
        var marker = jpeg.AsSpan().IndexOf("Adobe"u8) - 4;
        return [.. jpeg[..marker], .. jpeg[(marker + 16)..]];
    }

    /// <summary>The quarters, then a white frame.</summary>
    public static byte[] AnimatedPng()
    {
        static byte[] Control(int number) =>
            [.. Four(number), .. Four(Width), .. Four(Height), .. new byte[8], 0, 1, 0, 10, 0, 0];
        byte[] row = [0, .. Enumerable.Repeat((byte)255, Width * 3)];
        var white = Packed([.. Enumerable.Repeat(row, Height).SelectMany(bytes => bytes)]);
        return Quarters(
            [.. Chunk("acTL", [.. Four(2), .. Four(0)]), .. Chunk("fcTL", Control(0))],
            [.. Chunk("fcTL", Control(1)), .. Chunk("fdAT", [.. Four(2), .. white])]);
    }

    /// <summary>The quarters, then a white frame.</summary>
    public static byte[] AnimatedWebP()
    {
        using var first = Image.PngloadBuffer(Quarters());
        using var white = first.NewFromImage(255, 255, 255);
        using var all = first.Join(white, Enums.Direction.Vertical);
        using var frames = all.Mutate(header => header.Set(GValue.GIntType, "page-height", Height));
        return frames.WebpsaveBuffer(lossless: true);
    }

    public static byte[] Jpeg(byte[] png)
    {
        using var picture = Image.PngloadBuffer(png);
        return picture.JpegsaveBuffer(q: 98, subsampleMode: Enums.ForeignSubsample.Off, keep: Enums.ForeignKeep.None);
    }

    public static byte[] ProgressiveJpeg()
    {
        using var picture = Image.PngloadBuffer(Quarters());
        return picture.JpegsaveBuffer(
            q: 98, interlace: true, subsampleMode: Enums.ForeignSubsample.Off, keep: Enums.ForeignKeep.None);
    }

    /// <summary>A PNG's chunk, with its checksum.</summary>
    public static byte[] Chunk(string type, byte[] data)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. data];
        return [.. Four(data.Length), .. named, .. Four((int)Crc32(named))];
    }

    private static bool IsLeft(int x) => x < Width / 2;

    private static byte[] Brown(byte[]? before = null) => Png(8, Rgb, (_, _) => [200, 100, 50], before);

    private static Image Ink(params double[] inks)
    {
        using var black = Image.Black(Width / 2, Height / 2);
        using var solid = black.NewFromImage(inks);
        using var bytes = solid.Cast(Enums.BandFormat.Uchar);
        return bytes.Copy(interpretation: Enums.Interpretation.Cmyk);
    }

    private static byte[] Png(int depth, int colours, Func<int, int, byte[]> pixel, byte[]? before = null, byte[]? after = null)
    {
        var rows = Enumerable.Range(0, Height)
            .SelectMany(y => (byte[])[0, .. Enumerable.Range(0, Width).SelectMany(x => pixel(x, y))])
            .ToArray();
        return
        [
            0x89, .. "PNG\r\n\u001a\n"u8,
            .. Chunk("IHDR", [.. Four(Width), .. Four(Height), (byte)depth, (byte)colours, 0, 0, 0]),
            .. before ?? [], .. Chunk("IDAT", Packed(rows)), .. after ?? [], .. Chunk("IEND", []),
        ];
    }

    private static byte[] ProfileChunk(byte[] profile) => Chunk("iCCP", [.. "profile\0\0"u8, .. Packed(profile)]);

    /// <summary>A TIFF header and one field, the orientation.</summary>
    /// <param name="type">1: byte, 3: 16 bits, 4: 32 bits.</param>
    private static byte[] Exif(int orientation, bool big, int type)
    {
        byte[] Two(int value) => big ? [(byte)(value >> 8), (byte)value] : [(byte)value, (byte)(value >> 8)];
        byte[] Long(int value) => big ? [0, 0, .. Two(value)] : [.. Two(value), 0, 0];
        byte[] value = type switch
        {
            1 => [(byte)orientation, 0, 0, 0],
            3 => [.. Two(orientation), 0, 0],
            _ => Long(orientation),
        };
        return
        [
            .. big ? "MM"u8 : "II"u8, .. Two(42), .. Long(8),
            .. Two(1), .. Two(0x0112), .. Two(type), .. Long(1), .. value, .. Long(0),
        ];
    }

    /// <summary>A profile of version 2 with a matrix (or none for grey) and one gamma.</summary>
    private static byte[] Profile(string space, double[][] primaries, ushort gamma)
    {
        static byte[] Xyz(double[] xyz) =>
            [.. "XYZ "u8, 0, 0, 0, 0, .. xyz.SelectMany(value => Four((int)Math.Round(value * 65536)))];
        byte[] curve = [.. "curv"u8, 0, 0, 0, 0, .. Four(1), (byte)(gamma >> 8), (byte)gamma, 0, 0];
        var tags = new List<(string Name, byte[] Data)> { ("wtpt", Xyz([0.9642, 1, 0.8249])) };
        if (primaries.Length == 0) tags.Add(("kTRC", curve));
        foreach (var (colour, xyz) in "rgb".Zip(primaries)) tags.AddRange([($"{colour}XYZ", Xyz(xyz)), ($"{colour}TRC", curve)]);

        var position = 132 + 12 * tags.Count;
        byte[] table = Four(tags.Count);
        foreach (var (name, data) in tags)
        {
            table = [.. table, .. Encoding.ASCII.GetBytes(name), .. Four(position), .. Four(data.Length)];
            position += data.Length;
        }
        return
        [
            .. Four(position), 0, 0, 0, 0, 2, 0x40, 0, 0, .. "mntr"u8, .. Encoding.ASCII.GetBytes(space), .. "XYZ "u8,
            .. new byte[12], .. "acsp"u8, .. new byte[28],
            .. Four(0xF6D6), .. Four(0x10000), .. Four(0xD32D), .. new byte[48], .. table,
            .. tags.SelectMany(tag => tag.Data),
        ];
    }

    private static byte[] WithSegment(byte[] jpeg, byte marker, byte[] content) =>
        [.. jpeg[..2], 0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2), .. content, .. jpeg[2..]];

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Four(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }
}
