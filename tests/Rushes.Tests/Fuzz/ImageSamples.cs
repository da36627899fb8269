using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Rushes.Tests.Fuzz;

/// <summary>Small pictures of each kind, as far as their structure goes.</summary>
internal static class ImageSamples
{
    public static readonly byte[][] All =
    [
        Png([]), Png(Chunk("iCCP", [.. "p\0\0"u8, .. Packed(2000)])), Png(Chunk("zTXt", [.. "k\0\0"u8, .. Packed(100)])),
        Png(Chunk("iTXt", [.. "k\0\u0001\0de\0x\0"u8, .. Packed(100)])),
        Jpeg(0xC0, []), Jpeg(0xC2, Exif("MM\0*\0\0\0\u0008\0\u0001\u0001\u0012\0\u0003\0\0\0\u0001\0\u0006\0\0\0\0\0\0"u8)),
        Jpeg(0xC0, Exif([.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0])),
        WebP("VP8X", [0, 0, 0, 0, 99, 0, 0, 49, 0, 0]), WebP("VP8L", [0x2F, 0x1F, 0xC0, 0x07, 0, 0, 0, 0, 0, 0]),
        WebP("VP8 ", [0, 0, 0, 0x9D, 1, 0x2A, 64, 0, 48, 0]),
        "GIF89a\u0001\0\u0001\0"u8.ToArray(), "OggS\0\u0002"u8.ToArray(),
        "ID3\u0004\0\0\0\0\0\u0005xxxxx\u00ff\u00fb"u8.ToArray(), [0xFF, 0xF1, 0x50, 0x80, 0x01, 0x7F, 0xFC],
        [0, 0, 0, 24, .. "ftypmp42\0\0\0\0mp42isom"u8], [0x1A, 0x45, 0xDF, 0xA3, 0x9F, 0x42, 0x82, 0x84, .. "webm"u8],
    ];

    private static byte[] Png(byte[] chunk) =>
    [
        0x89, .. "PNG\r\n\u001a\n"u8, .. Chunk("IHDR", [0, 0, 0, 64, 0, 0, 0, 48, 8, 2, 0, 0, 0]), .. chunk,
        .. Chunk("IDAT", Packed(64)), .. Chunk("IEND", []),
    ];

    private static byte[] Chunk(string type, byte[] data)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        return [.. length, .. Encoding.ASCII.GetBytes(type), .. data, 0, 0, 0, 0];
    }

    private static byte[] Packed(int size)
    {
        using var packed = new MemoryStream();
        using (var stream = new ZLibStream(packed, CompressionLevel.Optimal)) stream.Write(new byte[size]);
        return packed.ToArray();
    }

    private static byte[] Jpeg(byte frame, byte[] segment) =>
    [
        0xFF, 0xD8, .. segment, 0xFF, frame, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 1, 0xFF,
        0, 2, 0xFF, 0xD0, 3, 0xFF, 0xD9,
    ];

    private static byte[] Exif(ReadOnlySpan<byte> tiff) => [0xFF, 0xE1, 0, (byte)(8 + tiff.Length), .. "Exif\0\0"u8, .. tiff];

    private static byte[] WebP(string chunk, byte[] data) =>
        [.. "RIFF"u8, 22, 0, 0, 0, .. "WEBP"u8, .. Encoding.ASCII.GetBytes(chunk), 10, 0, 0, 0, .. data];
}
