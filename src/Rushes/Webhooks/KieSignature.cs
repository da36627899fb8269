using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rushes.Webhooks;

/// <summary>
/// kie's scheme: HMAC-SHA256 of <c>taskId.timestamp</c>. It does not sign the body; the headers of Standard Webhooks do.
/// </summary>
public static class KieSignature
{
    public static Dictionary<string, string> Headers(byte[] key, string task, DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new()
        {
            ["X-Webhook-Timestamp"] = seconds,
            ["X-Webhook-Signature"] = Convert.ToBase64String(
                HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{task}.{seconds}"))),
        };
    }
}
