using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;

namespace Rushes.Jobs;

/// <summary>
/// The formats of a job's id: a number, a UUID, 32 hex digits, <c>video_</c> and 32 hex digits, 26 letters and digits. The UUID
/// contains a keyed tag and the number, masked with a value derived from the tag. It cannot be guessed, needs no column or index,
/// and is the same on every gateway.
/// </summary>
/// <param name="secret">32 bytes of the installation. Ids stay valid as long as it does not change.</param>
public sealed class JobIds(byte[] secret)
{
    private const string VideoPrefix = "video_";

    /// <summary>Five bits each.</summary>
    private const string ShortDigits = "0123456789abcdefghjkmnpqrstvwxyz";

    private const int ShortLength = 26;

    private const ulong TagBits = (1UL << 60) - 1;
    private const ulong NumberBits = (1UL << 62) - 1;

    /// <summary>
    /// Kept from one id to the next: an id takes two codes, each 2.5 µs with <c>HMACSHA256.HashData</c> and 1 µs with these, and
    /// a create 80 µs (bench/notes/create.md).
    /// </summary>
    private readonly ConcurrentBag<IncrementalHash> idle = [];

    /// <summary>A UUID of version 4.</summary>
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

    /// <summary>26 letters and digits, as Replicate's clients know it.</summary>
    public string ToShort(long id)
    {
        var value = BinaryPrimitives.ReadUInt128BigEndian(ToGuid(id).ToByteArray(bigEndian: true));
        return string.Create(ShortLength, value, static (text, rest) =>
        {
            for (var i = text.Length - 1; i >= 0; i--, rest >>= 5) text[i] = ShortDigits[(int)(uint)(rest & 31)];
        });
    }

    /// <summary>As OpenAI's clients know it.</summary>
    public string ToVideoId(long id) => VideoPrefix + ToHex(id);

    /// <summary>Parses any of the formats; null if the text is not an id.</summary>
    public long? Parse(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && text.Length < 20 ? number
        : Guid.TryParseExact(text, "d", out var uuid) || Guid.TryParseExact(text, "n", out uuid) ? FromGuid(uuid)
        : text.StartsWith(VideoPrefix, StringComparison.Ordinal)
            && Guid.TryParseExact(text[VideoPrefix.Length..], "n", out uuid) ? FromGuid(uuid)
        : text.Length == ShortLength ? FromShort(text)
        : null;

    private long? FromShort(string text)
    {
        // The first digit has three bits.
        if (ShortDigits.IndexOf(text[0], StringComparison.Ordinal) > 7) return null;
        UInt128 value = 0;
        foreach (var letter in text)
        {
            var digit = ShortDigits.IndexOf(letter, StringComparison.Ordinal);
            if (digit < 0) return null;
            value = (value << 5) | (uint)digit;
        }
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return FromGuid(new Guid(bytes, bigEndian: true));
    }

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
        if (!idle.TryTake(out var code)) code = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        code.AppendData(input);
        code.GetHashAndReset(output);
        idle.Add(code);
        return BinaryPrimitives.ReadUInt64BigEndian(output);
    }
}
