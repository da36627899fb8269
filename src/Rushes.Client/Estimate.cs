using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rushes.Client;

/// <summary>What would become of a request, had it been submitted.</summary>
public sealed record Estimate
{
    /// <summary>The request with the model's defaults put in; media as their type, size and length.</summary>
    [JsonPropertyName("input")]
    public required JsonElement Input { get; init; }

    /// <summary>The file as it would be delivered.</summary>
    [JsonPropertyName("video")]
    public required EstimatedVideo Video { get; init; }

    /// <summary>Null when the model has none.</summary>
    [JsonPropertyName("price")]
    public EstimatedPrice? Price { get; init; }

    /// <summary>Jobs that would be before it.</summary>
    [JsonPropertyName("queue_position")]
    public required int QueuePosition { get; init; }

    /// <summary>Seconds until the video would be there.</summary>
    [JsonPropertyName("etaSeconds")]
    public required double EtaSeconds { get; init; }

    /// <summary>Seconds of the run alone.</summary>
    [JsonPropertyName("estimated_total_time_seconds")]
    public required double RunSeconds { get; init; }
}

/// <summary>The file as it would be delivered.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Frames">In all.</param>
/// <param name="FramesPerSecond">Frames a second.</param>
/// <param name="Seconds">Its length.</param>
public sealed record EstimatedVideo(
    [property: JsonPropertyName("width")] int Width,
    [property: JsonPropertyName("height")] int Height,
    [property: JsonPropertyName("frames")] int Frames,
    [property: JsonPropertyName("frames_per_second")] double FramesPerSecond,
    [property: JsonPropertyName("seconds")] double Seconds);

/// <summary>A price.</summary>
/// <param name="Amount">In the currency's unit.</param>
/// <param name="Currency">Three letters.</param>
/// <param name="Charged">False: the account's plan is free.</param>
public sealed record EstimatedPrice(
    [property: JsonPropertyName("amount")] decimal Amount,
    [property: JsonPropertyName("currency")] string Currency,
    [property: JsonPropertyName("charged")] bool Charged);
