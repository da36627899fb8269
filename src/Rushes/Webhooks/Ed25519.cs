using System.Security.Cryptography;

namespace Rushes.Webhooks;

/// <summary>
/// Ed25519 (RFC 8032) by OpenSSL 3, which .NET's own cryptography runs on here; .NET has no class for it.
/// Any thread may use one key.
/// </summary>
public sealed class Ed25519
{
    private const int KeyBytes = 32;
    private const int SignatureBytes = 64;

    private readonly OpenSsl.Key key;

    /// <param name="seed">The private key, 32 bytes.</param>
    public Ed25519(ReadOnlySpan<byte> seed)
    {
        key = OpenSsl.NewPrivateKey(OpenSsl.Ed25519, 0, [.. seed], KeyBytes);
        Check(!key.IsInvalid);
        nuint length = KeyBytes;
        Check(OpenSsl.GetPublicKey(key, PublicKey, ref length) == 1);
    }

    public byte[] PublicKey { get; } = new byte[KeyBytes];

    public byte[] Sign(byte[] message)
    {
        using var context = OpenSsl.NewContext();
        var signature = new byte[SignatureBytes];
        nuint length = SignatureBytes;
        Check(OpenSsl.SignInit(context, 0, 0, 0, key) == 1);
        Check(OpenSsl.Sign(context, signature, ref length, message, (nuint)message.Length) == 1);
        return signature;
    }

    public static bool Verify(byte[] publicKey, byte[] message, byte[] signature)
    {
        if (publicKey.Length != KeyBytes || signature.Length != SignatureBytes) return false;
        using var key = OpenSsl.NewPublicKey(OpenSsl.Ed25519, 0, publicKey, KeyBytes);
        using var context = OpenSsl.NewContext();
        return !key.IsInvalid
            && OpenSsl.VerifyInit(context, 0, 0, 0, key) == 1
            && OpenSsl.Verify(context, signature, SignatureBytes, message, (nuint)message.Length) == 1;
    }

    private static void Check(bool done)
    {
        if (!done) throw new CryptographicException("OpenSSL could not do Ed25519.");
    }
}
