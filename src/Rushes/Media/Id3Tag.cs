namespace Rushes.Media;

/// <summary>ID3v2 tags, which programs write before the content of MP3 and, against the standard, of other formats.</summary>
internal static class Id3Tag
{
    private const int HeadSize = 10;

    /// <summary>The end of the tags at the start of a file; 0 if there are none.</summary>
    /// <param name="count">The number of tags.</param>
    public static long End(FileWindow file, out int count)
    {
        long position = 0;
        for (count = 0; LengthOf(file.At(position, HeadSize)) is { } length && position + length <= file.Length; count++)
            position += length;
        return position;
    }

    private static long? LengthOf(ReadOnlySpan<byte> head)
    {
        if (head.Length < HeadSize || !head.StartsWith("ID3"u8) || head[3] == 0xFF || head[4] == 0xFF) return null;
        var size = 0;
        foreach (var seven in head[6..HeadSize])
        {
            if (seven > 0x7F) return null;
            size = size << 7 | seven;
        }
        var hasFooter = (head[5] & 0x10) != 0;
        return HeadSize + size + (hasFooter ? HeadSize : 0);
    }
}
