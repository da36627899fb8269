using System.Text.Json.Serialization;

namespace Rushes.Client;

/// <summary>A callback of the gateway, delivered or to be.</summary>
/// <param name="Id">For <see cref="RushesClient.RedeliverAsync"/>.</param>
/// <param name="Url">Where it goes.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c> or <c>dead</c>.</param>
/// <param name="NextAt">When it is tried next.</param>
/// <param name="Tries">The oldest first.</param>
public sealed record Delivery(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("next_at")] DateTimeOffset? NextAt,
    [property: JsonPropertyName("tries")] IReadOnlyList<DeliveryTry> Tries);

/// <summary>One try of a callback.</summary>
/// <param name="Number">From 1.</param>
/// <param name="At">When.</param>
/// <param name="Status">The receiver's HTTP status; null when it did not answer.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Answer">The first KB of the receiver's answer.</param>
/// <param name="Error">Why there was none.</param>
public sealed record DeliveryTry(
    [property: JsonPropertyName("number")] int Number,
    [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("status")] int? Status,
    [property: JsonPropertyName("ms")] int Milliseconds,
    [property: JsonPropertyName("answer")] string? Answer,
    [property: JsonPropertyName("error")] string? Error);
