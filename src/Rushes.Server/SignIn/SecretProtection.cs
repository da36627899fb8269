using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Rushes.Server.SignIn;

/// <summary>
/// Encrypts what a browser carries to the provider and back, with a secret of the installation, so that any of its gateways
/// can read it. ASP.NET's own keys would be files of one machine.
/// </summary>
internal sealed class SecretProtection(byte[] secret, string purpose = "sign-in") : IDataProtector
{
    private const int NonceBytes = 12;

    private const int TagBytes = 16;

    private readonly byte[] key =
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: Encoding.UTF8.GetBytes(purpose));

    public IDataProtector CreateProtector(string part) => new SecretProtection(key, part);

    public byte[] Protect(byte[] plaintext)
    {
        var sealedBytes = new byte[NonceBytes + plaintext.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        var rest = sealedBytes.AsSpan(NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, plaintext, rest[..plaintext.Length], rest[plaintext.Length..]);
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">Another secret or purpose made it, or it was changed.</exception>
    public byte[] Unprotect(byte[] protectedData)
    {
        if (protectedData.Length < NonceBytes + TagBytes) throw new CryptographicException("too short");
        var plaintext = new byte[protectedData.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(
            protectedData.AsSpan(0, NonceBytes), protectedData.AsSpan(NonceBytes, plaintext.Length),
            protectedData.AsSpan(NonceBytes + plaintext.Length), plaintext);
        return plaintext;
    }
}
