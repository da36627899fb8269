using System.Buffers.Binary;
using System.Text;

namespace Rushes.Tests.Operate;

/// <summary>The fields of a protobuf message by number.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Bytes)> fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var key = Varint(ref bytes);
            fields.Add((key & 7) switch
            {
                0 => ((int)(key >> 3), Varint(ref bytes), default),
                1 => ((int)(key >> 3), BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default),
                2 => ((int)(key >> 3), 0, Take(ref bytes, (int)Varint(ref bytes))),
                5 => ((int)(key >> 3), BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default),
                var kind => throw new InvalidDataException($"no wire type {kind}"),
            });
        }
    }

    public bool Has(int field) => fields.Exists(found => found.Field == field);

    public IEnumerable<ProtoMessage> Messages(int field) =>
        fields.Where(found => found.Field == field).Select(found => new ProtoMessage(found.Bytes));

    public ProtoMessage Message(int field) => Messages(field).First();

    public ulong Number(int field) => fields.Find(found => found.Field == field).Number;

    public string Text(int field) => Encoding.UTF8.GetString(fields.Find(found => found.Field == field).Bytes.Span);

    public string Hex(int field) => Convert.ToHexStringLower(fields.Find(found => found.Field == field).Bytes.Span);

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int count)
    {
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref bytes, 1).Span[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }
}
