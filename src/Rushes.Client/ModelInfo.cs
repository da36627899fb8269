using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rushes.Client;

/// <summary>A model that the key may call.</summary>
public sealed record ModelInfo
{
    /// <summary>For <see cref="VideoRequest.Model"/>.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>Other spellings of the id.</summary>
    [JsonPropertyName("aliases")]
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What it is, for people.</summary>
    [JsonPropertyName("title")]
    public required string Title { get; init; }

    /// <summary><c>text-to-video</c>, <c>image-to-video</c>, <c>sound-to-video</c> or <c>foley</c>.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>Its place in the queue: premium before pro before the others.</summary>
    [JsonPropertyName("tier")]
    public required string Tier { get; init; }

    /// <summary>The queue it waits in.</summary>
    [JsonPropertyName("lane")]
    public required string Lane { get; init; }

    /// <summary>Of text to video, such as <c>832x480</c>; the first is the default.</summary>
    [JsonPropertyName("sizes")]
    public IReadOnlyList<string> Sizes { get; init; } = [];

    /// <summary>Of the other kinds, in pixels; the first is the default.</summary>
    [JsonPropertyName("heights")]
    public IReadOnlyList<int> Heights { get; init; } = [];

    /// <summary>The longest video in seconds, by height.</summary>
    [JsonPropertyName("max_seconds")]
    public IReadOnlyDictionary<string, double> MaxSeconds { get; init; } = new Dictionary<string, double>();

    /// <summary>Frames a second of what the model draws: what prices are counted in.</summary>
    [JsonPropertyName("frames_per_second")]
    public int FramesPerSecond { get; init; }

    /// <summary>The price of each started five seconds of drawn frames, by height; none: it is free.</summary>
    [JsonPropertyName("price")]
    public IReadOnlyDictionary<string, decimal> Price { get; init; } = new Dictionary<string, decimal>();

    /// <summary>By how much one interpolated frame between each two drawn ones multiplies the price; each further one adds as much.</summary>
    [JsonPropertyName("interpolation_factor")]
    public decimal InterpolationFactor { get; init; } = 1;

    /// <summary>Of the price, three letters.</summary>
    [JsonPropertyName("currency")]
    public string? Currency { get; init; }

    /// <summary>What a request may say.</summary>
    [JsonPropertyName("fields")]
    public IReadOnlyList<FieldInfo> Fields { get; init; } = [];
}

/// <summary>A field of a request.</summary>
public sealed record FieldInfo
{
    /// <summary>As the API spells it.</summary>
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>media</c> or <c>resolution</c>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>A request without it is refused.</summary>
    [JsonPropertyName("required")]
    public bool Required { get; init; }

    /// <summary>The least number.</summary>
    [JsonPropertyName("min")]
    public double? Min { get; init; }

    /// <summary>The greatest number.</summary>
    [JsonPropertyName("max")]
    public double? Max { get; init; }

    /// <summary>Numbers are the least one and whole steps.</summary>
    [JsonPropertyName("step")]
    public double? Step { get; init; }

    /// <summary>Characters at most.</summary>
    [JsonPropertyName("max_length")]
    public int? MaxLength { get; init; }

    /// <summary>The only values.</summary>
    [JsonPropertyName("options")]
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>Of a medium: <c>picture</c>, <c>sound</c>, <c>clip</c>.</summary>
    [JsonPropertyName("media")]
    public IReadOnlyList<string>? Media { get; init; }

    /// <summary>What counts when it is left out.</summary>
    [JsonPropertyName("default")]
    public JsonElement? Default { get; init; }

    /// <summary>A sentence for people.</summary>
    [JsonPropertyName("help")]
    public string? Help { get; init; }
}
