using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Rushes.Jobs;

/// <summary>
/// The forms of a job's id: a number, a UUID, 32 hex digits. The UUID holds the number behind a keyed tag and a mask drawn
/// from the tag, so it cannot be guessed, needs no column and no index, and is the same at every node.
/// </summary>
/// <param name="secret">Of the installation, 32 bytes: ids live as long as it stays the same.</param>
public sealed class JobIds(byte[] secret)
{
    private const ulong TagBits = (1UL << 60) - 1;
    private const ulong NumberBits = (1UL << 62) - 1;

    /// <summary>A UUID of version 4's shape.</summary>
    public Guid ToGuid(long id)
    {
        var tag = Tag(id);
        var number = ((ulong)id ^ Mask(tag)) & NumberBits;
        Span<byte> bytes = stackalloc byte[16];
        // 48 bits, the version, 12 bits; then the variant and 62 bits.
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((tag >> 12) << 16) | 0x4000 | (tag & 0xFFF));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (2UL << 62) | number);
        return new Guid(bytes, bigEndian: true);
    }

    public string ToUuid(long id) => ToGuid(id).ToString("d");

    public string ToHex(long id) => ToGuid(id).ToString("n");

    /// <summary>Any form; null when it is none of ours.</summary>
    public long? Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && text.Length < 20 ? number
        : Guid.TryParseExact(text, "d", out var uuid) || Guid.TryParseExact(text, "n", out uuid) ? FromGuid(uuid)
        : null;

    private long? FromGuid(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[16];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        var tag = ((high >> 16) << 12) | (high & 0xFFF);
        var id = (long)((low ^ Mask(tag)) & NumberBits);
        return Tag(id) == tag && (high & 0xF000) == 0x4000 && low >> 62 == 2 ? id : null;
    }

    private ulong Tag(long id) => Draw(0, (ulong)id) & TagBits;

    private ulong Mask(ulong tag) => Draw(1, tag) & NumberBits;

    private ulong Draw(byte purpose, ulong value)
    {
        Span<byte> input = stackalloc byte[9];
        Span<byte> output = stackalloc byte[HMACSHA256.HashSizeInBytes];
        input[0] = purpose;
        BinaryPrimitives.WriteUInt64BigEndian(input[1..], value);
        HMACSHA256.HashData(secret, input, output);
        return BinaryPrimitives.ReadUInt64BigEndian(output);
    }
}
