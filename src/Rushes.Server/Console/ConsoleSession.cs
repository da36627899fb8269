using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Rushes.Server.Console;

/// <summary>
/// Who is signed in, as a cookie that only this installation can read or make: the hash of a key and an end. The key itself
/// stays with the person; the cookie opens the console's API and nothing else, at every gateway of the installation.
/// </summary>
/// <param name="secret">Of the installation, 32 bytes.</param>
internal sealed class ConsoleSession(byte[] secret, TimeProvider clock)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    private const string Cookie = "rushes-console";
    private const int Content = 8 + SHA256.HashSizeInBytes;
    private const int Nonce = 12;
    private const int Tag = 16;

    /// <summary>Signs in, or stays so.</summary>
    public void Open(HttpContext http, ReadOnlySpan<byte> keyHash) =>
        http.Response.Cookies.Append(Cookie, Seal(keyHash, clock.GetUtcNow() + Life), Options(http, Life));

    public static void Close(HttpContext http) => http.Response.Cookies.Append(Cookie, "", Options(http, TimeSpan.Zero));

    /// <summary>The hash of the key that signed in, and how long the session still lives; null: nobody is signed in.</summary>
    public (byte[] KeyHash, TimeSpan Left)? Read(HttpRequest request) =>
        request.Cookies[Cookie] is { Length: > 0 and < 200 } sealedText && Unseal(sealedText) is var (hash, end) && end - clock.GetUtcNow() is var left && left > TimeSpan.Zero
            ? (hash, left)
            : null;

    private string Seal(ReadOnlySpan<byte> keyHash, DateTimeOffset end)
    {
        Span<byte> content = stackalloc byte[Content];
        BinaryPrimitives.WriteInt64BigEndian(content, end.ToUnixTimeMilliseconds());
        keyHash.CopyTo(content[8..]);
        Span<byte> token = stackalloc byte[Nonce + Content + Tag];
        RandomNumberGenerator.Fill(token[..Nonce]);
        using var aes = new AesGcm(secret, Tag);
        aes.Encrypt(token[..Nonce], content, token.Slice(Nonce, Content), token[^Tag..]);
        return Base64Url.EncodeToString(token);
    }

    private (byte[] KeyHash, DateTimeOffset End)? Unseal(string text)
    {
        Span<byte> token = stackalloc byte[160];
        if (Base64Url.DecodeFromChars(text, token, out _, out var length) != OperationStatus.Done || length != Nonce + Content + Tag) return null;
        Span<byte> content = stackalloc byte[Content];
        using var aes = new AesGcm(secret, Tag);
        try
        {
            aes.Decrypt(token[..Nonce], token.Slice(Nonce, Content), token[(Nonce + Content)..length], content);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return (content[8..].ToArray(), DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(content)));
    }

    /// <summary>No script reads it, no other site sends it, and it goes nowhere but to the console.</summary>
    private static CookieOptions Options(HttpContext http, TimeSpan life) => new()
    {
        HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/console", Secure = http.Request.IsHttps, MaxAge = life,
    };
}
