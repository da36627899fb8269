using System.Buffers.Binary;

namespace Rushes.Media;

/// <summary>Frames of MP3 (ISO/IEC 11172-3, 13818-3) and of AAC in ADTS (13818-7), which have no file header.</summary>
internal static class SoundFrames
{
    /// <summary>The maximum of bytes skipped before the first frame.</summary>
    private const int MaxJunk = 1 << 20;

    /// <summary>This many frames in a row are not a coincidence.</summary>
    private const int Sure = 3;

    /// <summary>Whether a frame starts here, followed by more frames or the end of the bytes.</summary>
    /// <param name="bytes">The file from some position on.</param>
    public static MediaType? Detect(ReadOnlySpan<byte> bytes, int frames = 2)
    {
        if (AreFrames(bytes, frames, AacLength)) return MediaType.Aac;
        return AreFrames(bytes, frames, Mp3Length) ? MediaType.Mp3 : null;
    }

    /// <summary>Finds the first frames after zeros, a partial frame or other bytes.</summary>
    public static (MediaType? Type, long Start) Find(FileWindow file, long from)
    {
        const int most = 16 << 10;
        for (var position = from; position < from + MaxJunk;)
        {
            var bytes = file.At(position, FileWindow.Size);
            var next = bytes.IndexOf((byte)0xFF);
            if (next < 0 && bytes.Length < FileWindow.Size) break;
            position += next < 0 ? bytes.Length : next;
            if (next < 0) continue;
            var here = file.At(position, most);
            // Three frames fit into the buffer, except at the end of a file.
            if (here.Length > 4 && Detect(here, Sure) is { } type) return (type, position);
            position++;
        }
        return (null, from);
    }

    private static bool AreFrames(ReadOnlySpan<byte> bytes, int frames, FrameLength lengthOf)
    {
        for (var frame = 0; frame < frames; frame++)
        {
            if (lengthOf(bytes) is not { } length) return false;
            if (length + 7 > bytes.Length) return frame > 0 || frames < Sure;
            bytes = bytes[length..];
        }
        return true;
    }

    private static int? AacLength(ReadOnlySpan<byte> frame)
    {
        if (frame.Length < 7 || frame[0] != 0xFF || (frame[1] & 0xF6) != 0xF0 || (frame[2] >> 2 & 15) > 12) return null;
        var length = (frame[3] & 0x03) << 11 | frame[4] << 3 | frame[5] >> 5;
        return length >= 7 ? length : null;
    }

    private static int? Mp3Length(ReadOnlySpan<byte> frame)
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

    private delegate int? FrameLength(ReadOnlySpan<byte> frame);
}
