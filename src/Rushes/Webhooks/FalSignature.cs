using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Rushes.Webhooks;

/// <summary>
/// fal's scheme: an Ed25519 signature of four lines, the last of which is the SHA-256 of the body. Receivers fetch the public
/// key.
/// </summary>
/// <param name="seed">The private key, 32 bytes.</param>
public sealed class FalSignature(byte[] seed)
{
    private static readonly SignatureAlgorithm Algorithm = SignatureAlgorithm.Ed25519;

    private readonly Key privateKey = Key.Import(Algorithm, seed, KeyBlobFormat.RawPrivateKey);

    /// <summary>The public key as a JSON Web Key Set, for <c>/.well-known/jwks.json</c>.</summary>
    public string Jwks
    {
        get
        {
            // The key id is the thumbprint (RFC 7638): the hash of exactly these members in this order.
            var publicKey = Base64Url.EncodeToString(privateKey.PublicKey.Export(KeyBlobFormat.RawPublicKey));
            var key = $$"""{"crv":"Ed25519","kty":"OKP","x":"{{publicKey}}"}""";
            var id = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
            return $$"""{"keys":[{{key[..^1]}},"kid":"{{id}}","use":"sig","alg":"EdDSA"}]}""";
        }
    }

    /// <param name="user">The account, in the form that fal's clients expect.</param>
    public Dictionary<string, string> Headers(string request, string user, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = $"{request}\n{user}\n{seconds}\n{Convert.ToHexStringLower(SHA256.HashData(body))}";
        return new()
        {
            ["X-Fal-Webhook-Request-Id"] = request,
            ["X-Fal-Webhook-User-Id"] = user,
            ["X-Fal-Webhook-Timestamp"] = seconds,
            ["X-Fal-Webhook-Signature"] = Convert.ToHexStringLower(Algorithm.Sign(privateKey, Encoding.UTF8.GetBytes(signed))),
        };
    }
}
