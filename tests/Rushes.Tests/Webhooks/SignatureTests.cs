using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using NSec.Cryptography;
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
    public void A_body_beyond_ASCII_is_signed_as_the_bytes_that_are_sent()
    {
        var secret = signatures.SecretOf(7);
        var body = """{"prompt": "Ein Schiff über dem Meer, 船在海上, 🎬"}""";
        var headers = signatures.Standard(7, "msg_1", TimeProvider.System.GetUtcNow(), Encoding.UTF8.GetBytes(body));
        var sent = new HeaderDictionary();
        foreach (var (name, value) in headers) sent[name] = value;

        new StandardWebhooks.StandardWebhook(secret).Verify(body, sent);
        Assert.Throws<StandardWebhooks.Diagnostics.WebhookVerificationException>(
            () => new StandardWebhooks.StandardWebhook(secret).Verify(body.Replace('ü', 'u'), sent));
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
    public void OpenRouter_signs_time_and_body_with_the_text_of_the_secret()
    {
        var body = """{"prompt": "Ein Schiff über dem Meer"}""";
        var signature = signatures.OpenRouter(7, At, Encoding.UTF8.GetBytes(body))["X-OpenRouter-Signature"];
        var key = Encoding.UTF8.GetBytes(signatures.SecretOf(7));
        var expected = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"1614265330,{body}"));
        Assert.Equal($"t=1614265330,v1={Convert.ToHexStringLower(expected)}", signature);
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
        Assert.True(IsSigned($"42\nalice\n1614265330\n{body}", signature, publicKey));
        Assert.False(IsSigned($"43\nalice\n1614265330\n{body}", signature, publicKey));
        Assert.Equal(
            ("42", "alice", "1614265330"),
            (headers["X-Fal-Webhook-Request-Id"], headers["X-Fal-Webhook-User-Id"], headers["X-Fal-Webhook-Timestamp"]));
    }

    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")]
    public void Fal_publishes_the_key_that_RFC_8032_has_for_a_seed(string seed, string publicKey)
    {
        var published = JsonDocument.Parse(new FalSignature(Convert.FromHexString(seed)).Jwks).RootElement
            .GetProperty("keys")[0]
            .GetProperty("x")
            .GetString();
        Assert.Equal(Convert.FromHexString(publicKey), Base64Url.DecodeFromChars(published));
    }

    private static bool IsSigned(string message, byte[] signature, byte[] publicKey)
    {
        var algorithm = SignatureAlgorithm.Ed25519;
        return algorithm.Verify(
            PublicKey.Import(algorithm, publicKey, KeyBlobFormat.RawPublicKey), Encoding.UTF8.GetBytes(message), signature);
    }
}
