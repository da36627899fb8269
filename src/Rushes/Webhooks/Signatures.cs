using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rushes.Database;

namespace Rushes.Webhooks;

/// <summary>
/// The keys that sign webhooks. All are derived from one secret of the installation, so none is stored. Each account has its
/// own key; fal's format uses one key pair for all accounts.
/// </summary>
public sealed class Signatures(byte[] installation)
{
    public FalSignature Fal { get; } = new(Derive(installation, "fal ed25519"));

    public static async Task<Signatures> LoadAsync(IKeyStore keyStore, CancellationToken cancel) =>
        new(await keyStore.SecretAsync("webhooks", 32, cancel));

    /// <summary>The secret for the account's receivers: <c>whsec_</c> and 32 bytes in base64.</summary>
    public string SecretOf(int account) => "whsec_" + Convert.ToBase64String(KeyOf(account));

    /// <summary>Standard Webhooks: the key is the secret's 32 bytes.</summary>
    public Dictionary<string, string> Standard(int account, string id, DateTimeOffset at, ReadOnlySpan<byte> body) =>
        StandardSignature.Headers(KeyOf(account), id, at, body);

    /// <summary>
    /// kie: the key is the text of the secret (with <c>whsec_</c>, not decoded), because kie's receivers use the secret as
    /// text.
    /// </summary>
    public Dictionary<string, string> Kie(int account, string task, DateTimeOffset at) =>
        KieSignature.Headers(Encoding.UTF8.GetBytes(SecretOf(account)), task, at);

    /// <summary>
    /// OpenRouter: <c>t=SECONDS,v1=HEX</c>, HMAC-SHA256 of <c>SECONDS,body</c>; the key is the text of the secret.
    /// </summary>
    public Dictionary<string, string> OpenRouter(int account, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(SecretOf(account)));
        hash.AppendData(Encoding.UTF8.GetBytes($"{seconds},"));
        hash.AppendData(body);
        return new() { ["X-OpenRouter-Signature"] = $"t={seconds},v1={Convert.ToHexStringLower(hash.GetHashAndReset())}" };
    }

    private byte[] KeyOf(int account) => Derive(installation, $"account {account}");

    private static byte[] Derive(byte[] installation, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, installation, 32, info: Encoding.UTF8.GetBytes(purpose));
}
