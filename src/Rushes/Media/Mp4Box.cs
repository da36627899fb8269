using System.Buffers.Binary;
using System.Text;

namespace Rushes.Media;

/// <summary>A box of an MP4 file: a type of four letters and its content, which may be more boxes (ISO 14496-12).</summary>
internal readonly record struct Mp4Box(string Type, ReadOnlyMemory<byte> Content)
{
    private const int HeaderSize = 8;

    /// <summary>Creates a box that contains other boxes.</summary>
    public static Mp4Box Of(string type, params IEnumerable<Mp4Box?> parts) =>
        new(type, parts.SelectMany(part => part is { } box ? box.ToArray() : []).ToArray());

    public byte[] ToArray()
    {
        var bytes = new byte[HeaderSize + Content.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length);
        Encoding.Latin1.GetBytes(Type, bytes.AsSpan(4));
        Content.CopyTo(bytes.AsMemory(HeaderSize));
        return bytes;
    }

    /// <summary>The boxes in the content, from an offset on.</summary>
    /// <exception cref="InvalidDataException">The content is not a sequence of boxes.</exception>
    public IReadOnlyList<Mp4Box> Boxes(int from = 0)
    {
        var boxes = new List<Mp4Box>();
        for (var rest = Content[from..]; rest.Length > 0;)
        {
            var size = rest.Length < HeaderSize ? 0 : BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
            if (size < HeaderSize || size > rest.Length) throw new InvalidDataException($"{Type} has a box of {size} bytes");
            boxes.Add(new Mp4Box(Encoding.Latin1.GetString(rest.Span[4..HeaderSize]), rest[HeaderSize..(int)size]));
            rest = rest[(int)size..];
        }
        return boxes;
    }

    /// <summary>The same boxes by type; each type must be known and occur once.</summary>
    /// <exception cref="InvalidDataException">There is an unknown or repeated box.</exception>
    public Mp4Parts Parts(int from, params IReadOnlyList<string> known)
    {
        var parts = new Dictionary<string, Mp4Box>();
        foreach (var box in Boxes(from))
            if (!known.Contains(box.Type) || !parts.TryAdd(box.Type, box))
                throw new InvalidDataException($"{Type} has an unexpected {box.Type}");
        return new Mp4Parts(Type, parts);
    }

    /// <summary>The 32-bit number at an offset.</summary>
    public uint At(int place) => BinaryPrimitives.ReadUInt32BigEndian(Content.Span[place..]);

    public ushort ShortAt(int place) => BinaryPrimitives.ReadUInt16BigEndian(Content.Span[place..]);

    /// <summary>A table: the number of rows, then rows of this many numbers.</summary>
    /// <exception cref="InvalidDataException">The box has another size.</exception>
    public uint[] Table(int columns, int place = 4)
    {
        var rows = At(place);
        var bytes = Content.Span[(place + 4)..];
        if (rows * columns * 4L != bytes.Length) throw new InvalidDataException($"{Type} has not {rows} rows");
        var numbers = new uint[rows * columns];
        for (var index = 0; index < numbers.Length; index++)
            numbers[index] = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 * index)..]);
        return numbers;
    }
}

/// <summary>The boxes in a box, by type.</summary>
internal sealed class Mp4Parts(string parent, IReadOnlyDictionary<string, Mp4Box> parts)
{
    /// <exception cref="InvalidDataException">The box is missing.</exception>
    public Mp4Box this[string type] => Find(type) ?? throw new InvalidDataException($"{parent} has no {type}");

    public Mp4Box? Find(string type) => parts.TryGetValue(type, out var box) ? box : null;
}
