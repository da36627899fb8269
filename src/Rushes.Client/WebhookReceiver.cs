using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Rushes.Client;

/// <summary>
/// Verifies and parses webhooks: signed with the account's secret as specified by Standard Webhooks, and recent.
/// </summary>
/// <param name="secret"><c>whsec_…</c>, from <see cref="RushesClient.WebhookSecretAsync"/>.</param>
/// <param name="tolerance">The maximum age of a webhook, including clock differences; default five minutes.</param>
/// <param name="clock">For tests.</param>
public sealed class WebhookReceiver(string secret, TimeSpan? tolerance = null, TimeProvider? clock = null)
{
    private const string Prefix = "whsec_";

    private readonly byte[] key = Convert.FromBase64String(
        secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret);
    private readonly TimeSpan tolerance = tolerance ?? TimeSpan.FromMinutes(5);
    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    /// <summary>
    /// Parses a webhook. Returns null if the signature is invalid; respond with 401 then. The gateway retries until it gets
    /// a 2xx response.
    /// </summary>
    /// <param name="header">Returns a header by its name, or null.</param>
    /// <param name="body">The unmodified bytes of the body.</param>
    public WebhookEvent? Read(Func<string, string?> header, ReadOnlySpan<byte> body)
    {
        if (header("webhook-id") is not { Length: > 0 } id
            || !IsSigned(id, header("webhook-timestamp"), header("webhook-signature"), body)) return null;
        try
        {
            var status = JsonSerializer.Deserialize(body, WireJson.Default.StatusBody)!;
            var rest = JsonSerializer.Deserialize(body, WireJson.Default.CallbackBody)!;
            return new WebhookEvent(id, new Job(ModelOf(rest.ResponseUrl), rest.RequestId), status.Read(), rest.Video?.Url);
        }
        catch (JsonException)
        {
            // The webhook of another API.
            return null;
        }
    }

    /// <summary>Whether the body is signed by the gateway and recent; for webhooks of any API.</summary>
    public bool IsSigned(string id, string? timestamp, string? signatures, ReadOnlySpan<byte> body)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return false;
        if ((clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > tolerance) return false;

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        var due = hmac.GetHashAndReset();
        Span<byte> given = stackalloc byte[64];
        // There are several signatures while a secret is being changed.
        foreach (var signature in signatures?.Split(' ') ?? [])
            if (signature.StartsWith("v1,", StringComparison.Ordinal)
                && Convert.TryFromBase64String(signature[3..], given, out var length)
                && CryptographicOperations.FixedTimeEquals(due, given[..length])) return true;
        return false;
    }

    /// <summary>The model in <c>…/queue/MODEL/requests/ID</c>.</summary>
    private static string ModelOf(Uri response) => Uri.UnescapeDataString(response.Segments[^3].TrimEnd('/'));
}

/// <summary>A webhook that reports the end of a job.</summary>
/// <param name="Id">The same for every attempt; use it to ignore duplicates.</param>
/// <param name="Job">The job.</param>
/// <param name="Status">The final status.</param>
/// <param name="Video">The video's download URL; it needs no key and is valid for one day.</param>
public sealed record WebhookEvent(string Id, Job Job, JobStatus Status, Uri? Video);
