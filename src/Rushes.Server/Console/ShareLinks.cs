using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Rushes.Server.Console;

/// <summary>
/// Tokens of share links: a job and an end, signed. Nothing is stored; a link stops working at its end, or when the job or its
/// video is deleted.
/// </summary>
/// <param name="key">The key of the installation that tokens are signed with.</param>
internal sealed class ShareLinks(byte[] key, TimeProvider clock)
{
    /// <summary>The path of the page, followed by a token.</summary>
    public const string Path = "/share/";

    private const int Content = 16, Signature = 16;

    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(30);

    public string TokenOf(long job, DateTimeOffset until)
    {
        var bytes = new byte[Content + Signature];
        BinaryPrimitives.WriteInt64BigEndian(bytes, job);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), until.ToUnixTimeSeconds());
        Sign(bytes.AsSpan(0, Content), bytes.AsSpan(Content));
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>The job and the end of a token; null if it is not signed by this installation, or has expired.</summary>
    public (long Job, DateTimeOffset Until)? Read(string token)
    {
        Span<byte> bytes = stackalloc byte[Content + Signature], expected = stackalloc byte[Signature];
        // The decoder would also accept padding and white space.
        if (token.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.IsValid(token, out var length)
            || length != bytes.Length)
            return null;
        Base64Url.DecodeFromChars(token, bytes);
        Sign(bytes[..Content], expected);
        if (!CryptographicOperations.FixedTimeEquals(bytes[Content..], expected)) return null;
        var until = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes[8..]));
        return until > clock.GetUtcNow() ? (BinaryPrimitives.ReadInt64BigEndian(bytes), until) : null;
    }

    private void Sign(ReadOnlySpan<byte> content, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, content, whole);
        whole[..Signature].CopyTo(signature);
    }
}
