using System.Buffers.Binary;

namespace Rushes.Pictures;

/// <summary>The header of a WebP (RFC 9649).</summary>
internal static class WebPFile
{
    private const int HeaderSize = 12;

    /// <summary>Whether the file has all the bytes that its header states.</summary>
    public static bool IsWhole(string path)
    {
        using var file = File.OpenRead(path);
        var head = new byte[HeaderSize];
        return file.ReadAtLeast(head, HeaderSize, throwOnEndOfStream: false) == HeaderSize
            && BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4)) + 8L <= file.Length;
    }
}
