namespace Rushes.Media;

/// <summary>The frame format from the header of an H.264 stream (its sequence parameter set, ITU-T H.264 7.3.2.1).</summary>
/// <param name="IsYuv420p">Progressive frames of 8 bits, 4:2:0, limited range, with square pixels.</param>
internal sealed record H264Header(int Width, int Height, bool IsYuv420p)
{
    /// <summary>Profiles whose header contains the color format; all others use 8 bits and 4:2:0.</summary>
    private static readonly HashSet<uint> ProfilesWithFormat = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

    /// <exception cref="InvalidDataException">The header is damaged or uses uncommon features.</exception>
    public static H264Header Read(ReadOnlySpan<byte> unit)
    {
        var bits = new BitReader(unit);
        if ((bits.Bits(8) & 31) != 7) throw new InvalidDataException("no sequence parameter set");
        var profile = bits.Bits(8);
        bits.Bits(16);
        bits.Golomb();
        var is420 = !ProfilesWithFormat.Contains(profile) || Is420(ref bits);
        bits.Golomb();
        switch (bits.Golomb())
        {
            case 0: bits.Golomb(); break;
            case 1: throw new InvalidDataException("an unusual order of frames");
        }
        bits.Golomb();
        bits.Bits(1);
        var (columns, rows) = (bits.Golomb() + 1L, bits.Golomb() + 1L);
        if (bits.Bits(1) == 0) throw new InvalidDataException("interlaced");
        bits.Bits(1);
        long width = columns * 16, height = rows * 16;
        if (bits.Bits(1) == 1)
        {
            width -= 2L * (bits.Golomb() + bits.Golomb());
            height -= 2L * (bits.Golomb() + bits.Golomb());
        }
        if (width is < 1 or > ushort.MaxValue || height is < 1 or > ushort.MaxValue) throw new InvalidDataException("no size");
        return new H264Header((int)width, (int)height, is420 && IsPlain(ref bits));
    }

    private static bool Is420(ref BitReader bits)
    {
        var format = bits.Golomb();
        if (format == 3) bits.Bits(1);
        var isPlain = format == 1 & bits.Golomb() == 0 & bits.Golomb() == 0;
        bits.Bits(1);
        if (bits.Bits(1) == 1) throw new InvalidDataException("scaling matrices");
        return isPlain;
    }

    /// <summary>Whether it has limited range and square pixels, or does not specify them.</summary>
    private static bool IsPlain(ref BitReader bits)
    {
        const uint Explicit = 255;
        if (bits.Bits(1) == 0) return true;
        if (bits.Bits(1) == 1)
        {
            var ratio = bits.Bits(8);
            var isSquare = ratio == Explicit ? bits.Bits(16) == bits.Bits(16) : ratio <= 1;
            if (!isSquare) return false;
        }
        if (bits.Bits(1) == 1) bits.Bits(1);
        if (bits.Bits(1) == 0) return true;
        bits.Bits(3);
        return bits.Bits(1) == 0;
    }

    /// <summary>Reads bits and skips the bytes that prevent start codes.</summary>
    private ref struct BitReader(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> bytes = Unescaped(bytes);
        private int position;

        public uint Bits(int count)
        {
            var value = 0u;
            for (; count > 0; count--, position++)
            {
                if (position >= bytes.Length * 8) throw new InvalidDataException("the header is cut off");
                value = value << 1 | (uint)(bytes[position / 8] >> (7 - position % 8) & 1);
            }
            return value;
        }

        /// <summary>An Exp-Golomb code.</summary>
        public uint Golomb()
        {
            var zeros = 0;
            while (Bits(1) == 0)
                if (++zeros > 30) throw new InvalidDataException("a number is too large");
            return (1u << zeros) - 1 + Bits(zeros);
        }

        private static ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> bytes)
        {
            var plain = new List<byte>(bytes.Length);
            for (var index = 0; index < bytes.Length; index++)
                if (index < 2 || bytes[index] != 3 || bytes[index - 1] != 0 || bytes[index - 2] != 0) plain.Add(bytes[index]);
            return plain.ToArray();
        }
    }
}
