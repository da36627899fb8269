using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rushes.Files;

/// <summary>
/// Creates and checks presigned URLs in the query format of AWS Signature V4, with the host as the only signed header and an
/// unsigned payload, as in "Authenticating Requests: Using Query Parameters" of the Amazon S3 API reference.
/// </summary>
/// <param name="token">The session token of temporary credentials; null for others.</param>
public sealed class SigV4(string accessKey, string secret, string region = "auto", string service = "s3", string? token = null)
{
    /// <summary>The maximum lifetime in the standard.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(7);

    /// <summary>How far ahead another clock may be.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>The query of a presigned URL, without the question mark.</summary>
    /// <param name="path">Decoded, from the first slash, such as <c>/bucket/key</c>.</param>
    /// <param name="host">The Host header: with the port unless it is the default.</param>
    /// <param name="lifetime">One second to <see cref="MaxLifetime"/>.</param>
    public string Presign(string method, string host, string path, TimeSpan lifetime, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, MaxLifetime);
        var time = now.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
        List<KeyValuePair<string, string>> fields =
        [
            new("X-Amz-Algorithm", Algorithm),
            new("X-Amz-Credential", $"{accessKey}/{Scope(time[..8])}"),
            new("X-Amz-Date", time),
            new("X-Amz-Expires", ((long)lifetime.TotalSeconds).ToString(CultureInfo.InvariantCulture)),
            new("X-Amz-SignedHeaders", "host"),
        ];
        if (token is not null) fields.Add(new("X-Amz-Security-Token", token));
        var query = Canonical(fields);
        return $"{query}&X-Amz-Signature={Signature(method, host, path, query, time)}";
    }

    /// <summary>
    /// Whether the query was signed with this key for exactly this method, host and path, and has not expired.
    /// </summary>
    /// <param name="path">Decoded, as for signing.</param>
    /// <param name="query">Undecoded, with or without the question mark.</param>
    public LinkCheck Verify(string method, string host, string path, string query, DateTimeOffset now)
    {
        if (Parse(query) is not { } fields) return LinkCheck.Malformed;
        if (One(fields, "X-Amz-Signature") is not { Length: 64 } signature
            || One(fields, "X-Amz-Algorithm") != Algorithm
            || One(fields, "X-Amz-SignedHeaders") != "host"
            || One(fields, "X-Amz-Date") is not { } time
            || !DateTimeOffset.TryParseExact(
                time, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt)
            || !int.TryParse(One(fields, "X-Amz-Expires"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds < 1 || seconds > MaxLifetime.TotalSeconds)
            return LinkCheck.Malformed;
        if (One(fields, "X-Amz-Credential") != $"{accessKey}/{Scope(time[..8])}") return LinkCheck.WrongSignature;

        // All other fields are signed too, so this detects fields that were added, changed or removed.
        var signed = Canonical(fields.Where(field => field.Key != "X-Amz-Signature"));
        var expected = Signature(method, host, path, signed, time);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(expected)))
            return LinkCheck.WrongSignature;
        return now < signedAt - Skew || now >= signedAt.AddSeconds(seconds) ? LinkCheck.Expired : LinkCheck.Good;
    }

    /// <summary>Percent-encodes a path except slashes and the unreserved characters of RFC 3986.</summary>
    public static string EncodePath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private string Scope(string date) => $"{date}/{region}/{service}/aws4_request";

    private string Signature(string method, string host, string path, string query, string time)
    {
        var request = $"{method}\n{EncodePath(path)}\n{query}\nhost:{host.ToLowerInvariant()}\n\nhost\nUNSIGNED-PAYLOAD";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)));
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in new[] { time[..8], region, service, "aws4_request" })
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        var toSign = $"{Algorithm}\n{time}\n{Scope(time[..8])}\n{hash}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    private static string Canonical(IEnumerable<KeyValuePair<string, string>> fields) => string.Join('&', fields
        .Select(field => (Name: Uri.EscapeDataString(field.Key), Value: Uri.EscapeDataString(field.Value)))
        .OrderBy(field => field.Name, StringComparer.Ordinal).ThenBy(field => field.Value, StringComparer.Ordinal)
        .Select(field => $"{field.Name}={field.Value}"));

    private static List<KeyValuePair<string, string>>? Parse(string query)
    {
        if (query.Length > 8192) return null;
        return [.. query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field =>
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            return equals < 0
                ? new KeyValuePair<string, string>(Uri.UnescapeDataString(field), "")
                : new(Uri.UnescapeDataString(field[..equals]), Uri.UnescapeDataString(field[(equals + 1)..]));
        })];
    }

    /// <summary>The field's value; null if it is missing or repeated.</summary>
    private static string? One(List<KeyValuePair<string, string>> fields, string name)
    {
        string? found = null;
        foreach (var field in fields)
            if (field.Key == name)
            {
                if (found is not null) return null;
                found = field.Value;
            }
        return found;
    }
}

/// <summary>The result of checking a presigned URL.</summary>
public enum LinkCheck
{
    Good,

    /// <summary>A field is missing, repeated or invalid.</summary>
    Malformed,

    /// <summary>Signed with another key, or for another method, host, path or query.</summary>
    WrongSignature,

    /// <summary>Signed with this key, but expired or not valid yet.</summary>
    Expired,
}
