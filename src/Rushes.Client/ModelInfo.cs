using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rushes.Client;

/// <summary>A model that is available to the key.</summary>
public sealed record ModelInfo
{
    /// <summary>For <see cref="VideoRequest.Model"/>.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>Other ids of the same model.</summary>
    [JsonPropertyName("aliases")]
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The display name.</summary>
    [JsonPropertyName("title")]
    public required string Title { get; init; }

    /// <summary><c>text-to-video</c>, <c>image-to-video</c>, <c>sound-to-video</c>, <c>foley</c>,
    /// <c>video-to-video</c>, <c>video-extend</c> or <c>upscale</c>.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>The rank in the queue: premium before pro before the others.</summary>
    [JsonPropertyName("tier")]
    public required string Tier { get; init; }

    /// <summary>The queue of its jobs.</summary>
    [JsonPropertyName("lane")]
    public required string Lane { get; init; }

    /// <summary>The sizes of text to video models, such as <c>832x480</c>; the first is the default.</summary>
    [JsonPropertyName("sizes")]
    public IReadOnlyList<string> Sizes { get; init; } = [];

    /// <summary>The heights of other models, in pixels; the first is the default.</summary>
    [JsonPropertyName("heights")]
    public IReadOnlyList<int> Heights { get; init; } = [];

    /// <summary>The maximum length in seconds, by height.</summary>
    [JsonPropertyName("max_seconds")]
    public IReadOnlyDictionary<string, double> MaxSeconds { get; init; } = new Dictionary<string, double>();

    /// <summary>The model's own frame rate, which prices are based on.</summary>
    [JsonPropertyName("frames_per_second")]
    public int FramesPerSecond { get; init; }

    /// <summary>The numbers of frames that the model generates, such as <c>4n+1</c>; others are rounded up and cut.</summary>
    [JsonPropertyName("frames")]
    public string? Frames { get; init; }

    /// <summary>Whether the model makes sound together with the picture.</summary>
    [JsonPropertyName("sound")]
    public bool Sound { get; init; }

    /// <summary>The licence of the model's files.</summary>
    [JsonPropertyName("licence")]
    public string? Licence { get; init; }

    /// <summary>What users of the model should know.</summary>
    [JsonPropertyName("note")]
    public string? Note { get; init; }

    /// <summary>The price per started five seconds of generated frames, by height; empty if it is free.</summary>
    [JsonPropertyName("price")]
    public IReadOnlyDictionary<string, decimal> Price { get; init; } = new Dictionary<string, decimal>();

    /// <summary>
    /// The price factor for one interpolated frame between each two generated ones; each further one adds the same again.
    /// </summary>
    [JsonPropertyName("interpolation_factor")]
    public decimal InterpolationFactor { get; init; } = 1;

    /// <summary>The model that makes results larger; null if no worker has it.</summary>
    [JsonPropertyName("upscaler")]
    public string? Upscaler { get; init; }

    /// <summary>What that adds to the price, by the shorter side of the result; null if it costs nothing.</summary>
    [JsonPropertyName("upscale_price")]
    public IReadOnlyDictionary<string, decimal>? UpscalePrice { get; init; }

    /// <summary>The currency code of the price.</summary>
    [JsonPropertyName("currency")]
    public string? Currency { get; init; }

    /// <summary>The fields of a request.</summary>
    [JsonPropertyName("fields")]
    public IReadOnlyList<FieldInfo> Fields { get; init; } = [];
}

/// <summary>A field of a request.</summary>
public sealed record FieldInfo
{
    /// <summary>The name in the API.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>media</c> or <c>resolution</c>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Whether the field is required.</summary>
    [JsonPropertyName("required")]
    public bool Required { get; init; }

    /// <summary>The minimum.</summary>
    [JsonPropertyName("min")]
    public double? Min { get; init; }

    /// <summary>The maximum.</summary>
    [JsonPropertyName("max")]
    public double? Max { get; init; }

    /// <summary>Values are the minimum plus multiples of this step.</summary>
    [JsonPropertyName("step")]
    public double? Step { get; init; }

    /// <summary>The maximum number of characters.</summary>
    [JsonPropertyName("max_length")]
    public int? MaxLength { get; init; }

    /// <summary>The allowed values.</summary>
    [JsonPropertyName("options")]
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>The allowed kinds of media: <c>picture</c>, <c>sound</c>, <c>clip</c>.</summary>
    [JsonPropertyName("media")]
    public IReadOnlyList<string>? Media { get; init; }

    /// <summary>The default value.</summary>
    [JsonPropertyName("default")]
    public JsonElement? Default { get; init; }

    /// <summary>A description.</summary>
    [JsonPropertyName("help")]
    public string? Help { get; init; }
}
