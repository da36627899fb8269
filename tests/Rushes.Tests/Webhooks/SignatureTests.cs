using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rushes.Webhooks;
using Xunit;

namespace Rushes.Tests.Webhooks;

public sealed class SignatureTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_614_265_330);

    private readonly Signatures signatures = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    [Fact]
    public void Standard_webhooks_published_example()
    {
        var key = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var headers = StandardSignature.Headers(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", At, """{"test": 2432232314}"""u8);
        Assert.Equal("msg_p5jXN8AQM9LWM0D4loKWxJek", headers["webhook-id"]);
        Assert.Equal("1614265330", headers["webhook-timestamp"]);
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", headers["webhook-signature"]);
    }

    [Fact]
    public void An_account_verifies_with_the_secret_it_was_shown()
    {
        var secret = signatures.SecretOf(7);
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        Assert.Equal(32, key.Length);

        var expected = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("msg_1.1614265330.{}")));
        Assert.Equal("v1," + expected, signatures.Standard(7, "msg_1", At, "{}"u8)["webhook-signature"]);
    }

    [Fact]
    public void Every_account_and_every_installation_has_its_own_secret()
    {
        Assert.Equal(signatures.SecretOf(7), signatures.SecretOf(7));
        Assert.NotEqual(signatures.SecretOf(7), signatures.SecretOf(8));
        Assert.NotEqual(signatures.SecretOf(7), new Signatures(new byte[32]).SecretOf(7));
    }

    [Fact]
    public void Kie_signs_task_and_time_with_the_text_of_the_secret()
    {
        var headers = signatures.Kie(7, "0123456789abcdef0123456789abcdef", At);
        var key = Encoding.UTF8.GetBytes(signatures.SecretOf(7));
        var expected = HMACSHA256.HashData(key, "0123456789abcdef0123456789abcdef.1614265330"u8.ToArray());
        Assert.Equal("1614265330", headers["X-Webhook-Timestamp"]);
        Assert.Equal(Convert.ToBase64String(expected), headers["X-Webhook-Signature"]);
    }

    [Fact]
    public void Fal_signs_so_that_its_published_key_verifies()
    {
        var headers = signatures.Fal.Headers("42", "alice", At, "{}"u8);
        var key = Assert.Single(JsonDocument.Parse(signatures.Fal.Jwks).RootElement.GetProperty("keys").EnumerateArray());
        Assert.Equal(("OKP", "Ed25519"), (key.GetProperty("kty").GetString(), key.GetProperty("crv").GetString()));
        Assert.NotEmpty(key.GetProperty("kid").GetString()!);

        var publicKey = Base64Url.DecodeFromChars(key.GetProperty("x").GetString());
        var signature = Convert.FromHexString(headers["X-Fal-Webhook-Signature"]);
        var body = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
        Assert.True(Ed25519.Verify(publicKey, Encoding.UTF8.GetBytes($"42\nalice\n1614265330\n{body}"), signature));
        Assert.False(Ed25519.Verify(publicKey, Encoding.UTF8.GetBytes($"43\nalice\n1614265330\n{body}"), signature));
        Assert.Equal(
            ("42", "alice", "1614265330"),
            (headers["X-Fal-Webhook-Request-Id"], headers["X-Fal-Webhook-User-Id"], headers["X-Fal-Webhook-Timestamp"]));
    }

    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Ed25519_does_what_RFC_8032_shows(string seed, string publicKey, string message, string signature)
    {
        var key = new Ed25519(Convert.FromHexString(seed));
        var signed = key.Sign(Convert.FromHexString(message));
        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
        Assert.Equal(signature, Convert.ToHexStringLower(signed));
        Assert.True(Ed25519.Verify(key.PublicKey, Convert.FromHexString(message), signed));
        signed[0] ^= 1;
        Assert.False(Ed25519.Verify(key.PublicKey, Convert.FromHexString(message), signed));
    }
}
