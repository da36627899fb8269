using System.Text.Json.Serialization;

namespace Rushes.Client;

/// <summary>A webhook delivery.</summary>
/// <param name="Id">For <see cref="RushesClient.RedeliverAsync"/>.</param>
/// <param name="Url">The receiver.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c> or <c>dead</c>.</param>
/// <param name="NextAt">The time of the next attempt.</param>
/// <param name="Attempts">Oldest first.</param>
public sealed record Delivery(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("next_at")] DateTimeOffset? NextAt,
    [property: JsonPropertyName("tries")] IReadOnlyList<DeliveryAttempt> Attempts);

/// <summary>One attempt to deliver a webhook.</summary>
/// <param name="Number">From 1.</param>
/// <param name="At">The time of the attempt.</param>
/// <param name="Status">The receiver's HTTP status; null if it did not respond.</param>
/// <param name="Milliseconds">The duration.</param>
/// <param name="Answer">The first KB of the receiver's response.</param>
/// <param name="Error">Why there was no response.</param>
public sealed record DeliveryAttempt(
    [property: JsonPropertyName("number")] int Number,
    [property: JsonPropertyName("at")] DateTimeOffset At,
    [property: JsonPropertyName("status")] int? Status,
    [property: JsonPropertyName("ms")] int Milliseconds,
    [property: JsonPropertyName("answer")] string? Answer,
    [property: JsonPropertyName("error")] string? Error);
