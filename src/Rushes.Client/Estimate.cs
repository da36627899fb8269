using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rushes.Client;

/// <summary>The result of a dry run.</summary>
public sealed record Estimate
{
    /// <summary>The request with defaults filled in; media as their type, size and length.</summary>
    [JsonPropertyName("input")]
    public required JsonElement Input { get; init; }

    /// <summary>The video that would be delivered.</summary>
    [JsonPropertyName("video")]
    public required EstimatedVideo Video { get; init; }

    /// <summary>
    /// What would make the result larger now: a model, or <c>ffmpeg</c>; null if nothing has to.
    /// </summary>
    [JsonPropertyName("upscaler")]
    public string? Upscaler { get; init; }

    /// <summary>Null if the model has no price.</summary>
    [JsonPropertyName("price")]
    public EstimatedPrice? Price { get; init; }

    /// <summary>The number of jobs ahead of it.</summary>
    [JsonPropertyName("queue_position")]
    public required int QueuePosition { get; init; }

    /// <summary>
    /// Seconds until the video would be ready; null if no worker can run the model now, or its lane is paused.
    /// </summary>
    [JsonPropertyName("etaSeconds")]
    public required double? EtaSeconds { get; init; }

    /// <summary>Seconds of the run, without the wait.</summary>
    [JsonPropertyName("estimated_total_time_seconds")]
    public required double RunSeconds { get; init; }
}

/// <summary>The video that would be delivered.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Frames">The number of frames.</param>
/// <param name="FramesPerSecond">The frame rate.</param>
/// <param name="Seconds">The length.</param>
public sealed record EstimatedVideo(
    [property: JsonPropertyName("width")] int Width,
    [property: JsonPropertyName("height")] int Height,
    [property: JsonPropertyName("frames")] int Frames,
    [property: JsonPropertyName("frames_per_second")] double FramesPerSecond,
    [property: JsonPropertyName("seconds")] double Seconds);

/// <summary>A price.</summary>
/// <param name="Amount">In units of the currency.</param>
/// <param name="Currency">The currency code, such as <c>EUR</c>.</param>
/// <param name="Charged">False if the account's plan is free.</param>
public sealed record EstimatedPrice(
    [property: JsonPropertyName("amount")] decimal Amount,
    [property: JsonPropertyName("currency")] string Currency,
    [property: JsonPropertyName("charged")] bool Charged);
