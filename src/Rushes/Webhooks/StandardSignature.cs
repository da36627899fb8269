using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rushes.Webhooks;

/// <summary>
/// The Standard Webhooks scheme: HMAC-SHA256 of <c>id.timestamp.body</c>. The id is the same for all attempts of a delivery,
/// so that receivers can detect repeats; the timestamp is that of the attempt.
/// </summary>
public static class StandardSignature
{
    public static Dictionary<string, string> Headers(byte[] key, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new()
        {
            ["webhook-id"] = id,
            ["webhook-timestamp"] = seconds,
            ["webhook-signature"] = "v1," + Sign(key, $"{id}.{seconds}.", body),
        };
    }

    private static string Sign(byte[] key, string start, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes(start));
        hmac.AppendData(body);
        return Convert.ToBase64String(hmac.GetHashAndReset());
    }
}
