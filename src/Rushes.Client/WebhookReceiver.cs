using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Rushes.Client;

/// <summary>Reads the gateway's callbacks, and only those: signed with the account's secret, as Standard Webhooks says, and not old.</summary>
/// <param name="secret"><c>whsec_…</c>, from <see cref="RushesClient.WebhookSecretAsync"/>.</param>
/// <param name="tolerance">How old a callback, and how wrong a clock, may be; five minutes if null.</param>
/// <param name="clock">For tests.</param>
public sealed class WebhookReceiver(string secret, TimeSpan? tolerance = null, TimeProvider? clock = null)
{
    private const string Prefix = "whsec_";

    private readonly byte[] key = Convert.FromBase64String(secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret);
    private readonly TimeSpan tolerance = tolerance ?? TimeSpan.FromMinutes(5);
    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    /// <summary>The callback; null when it is not the gateway's: answer 401 then. The gateway sends again what was not answered with 2xx.</summary>
    /// <param name="header">A header by its name; null when it was not sent.</param>
    /// <param name="body">The body's bytes as they came: not parsed and written again.</param>
    public Callback? Read(Func<string, string?> header, ReadOnlySpan<byte> body)
    {
        if (header("webhook-id") is not { Length: > 0 } id || !IsSigned(id, header("webhook-timestamp"), header("webhook-signature"), body)) return null;
        try
        {
            var status = JsonSerializer.Deserialize(body, WireJson.Default.StatusBody)!;
            var rest = JsonSerializer.Deserialize(body, WireJson.Default.CallbackBody)!;
            return new Callback(id, new Job(ModelOf(rest.ResponseUrl), rest.RequestId), status.Read(), rest.Video?.Url);
        }
        catch (JsonException)
        {
            // Of a job that was created in another dialect.
            return null;
        }
    }

    /// <summary>Whether a body of any dialect is signed by the gateway, and new enough.</summary>
    public bool IsSigned(string id, string? timestamp, string? signatures, ReadOnlySpan<byte> body)
    {
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return false;
        if ((clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > tolerance) return false;

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        var due = hmac.GetHashAndReset();
        Span<byte> given = stackalloc byte[64];
        // More than one while a secret is changed.
        foreach (var signature in signatures?.Split(' ') ?? [])
            if (signature.StartsWith("v1,", StringComparison.Ordinal) && Convert.TryFromBase64String(signature[3..], given, out var length)
                && CryptographicOperations.FixedTimeEquals(due, given[..length])) return true;
        return false;
    }

    /// <summary>Of <c>…/queue/MODEL/requests/ID</c>.</summary>
    private static string ModelOf(Uri response) => Uri.UnescapeDataString(response.Segments[^3].TrimEnd('/'));
}

/// <summary>The end of a job, as the gateway called to tell it.</summary>
/// <param name="Id">The same for every try of this callback: keep it to tell a repeated one.</param>
/// <param name="Job">The job.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Video">The video; a link that needs no key and lives a day.</param>
public sealed record Callback(string Id, Job Job, JobStatus Status, Uri? Video);
