using System.Text.Json.Serialization;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.OpenRouter;

/// <summary>A video job, as OpenRouter's clients know it.</summary>
internal sealed record OpenRouterVideo
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("polling_url")]
    public required string PollingUrl { get; init; }

    /// <summary>
    /// <c>pending</c>, <c>in_progress</c>, <c>completed</c>, <c>failed</c>, <c>cancelled</c> or <c>expired</c>.
    /// </summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>Download URLs that need no key, once the video is ready.</summary>
    [JsonPropertyName("unsigned_urls")]
    public IReadOnlyList<string>? UnsignedUrls { get; init; }

    [JsonPropertyName("usage")]
    public OpenRouterUsage? Usage { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }

    /// <summary>An extension: jobs that start before this one.</summary>
    [JsonPropertyName("queue_position")]
    public int? QueuePosition { get; init; }

    /// <summary>An extension: expected seconds until the video is ready.</summary>
    [JsonPropertyName("eta_seconds")]
    public long? EtaSeconds { get; init; }

    /// <summary>An extension: the download URL of the draft, once it is ready.</summary>
    [JsonPropertyName("draft_url")]
    public string? DraftUrl { get; init; }
}

/// <param name="Cost">In units of the plan's currency; 0 if the plan is free.</param>
internal sealed record OpenRouterUsage([property: JsonPropertyName("cost")] decimal Cost)
{
    [JsonPropertyName("is_byok")]
    public bool IsByok { get; }
}

/// <summary>A model, with what it can do. Null: it cannot do it, or the choice is not the client's.</summary>
internal sealed record OpenRouterModel
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("canonical_slug")]
    public required string CanonicalSlug { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("description")]
    public required string Description { get; init; }

    /// <summary>0, because the catalog has no dates.</summary>
    [JsonPropertyName("created")]
    public long Created { get; }

    [JsonPropertyName("supported_resolutions"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required IReadOnlyList<string>? SupportedResolutions { get; init; }

    [JsonPropertyName("supported_aspect_ratios"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required IReadOnlyList<string>? SupportedAspectRatios { get; init; }

    [JsonPropertyName("supported_sizes"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required IReadOnlyList<string>? SupportedSizes { get; init; }

    /// <summary>Seconds.</summary>
    [JsonPropertyName("supported_durations"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required IReadOnlyList<int>? SupportedDurations { get; init; }

    [JsonPropertyName("supported_frame_images"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required IReadOnlyList<string>? SupportedFrameImages { get; init; }

    [JsonPropertyName("generate_audio"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required bool? GenerateAudio { get; init; }

    [JsonPropertyName("seed"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required bool? Seed { get; init; }

    /// <summary>Prices by what is paid for; null if the model has none.</summary>
    [JsonPropertyName("pricing_skus"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required IReadOnlyDictionary<string, string>? PricingSkus { get; init; }

    /// <summary>The fields of <c>provider.options.rushes</c>.</summary>
    [JsonPropertyName("allowed_passthrough_parameters")]
    public required IReadOnlyList<string> AllowedPassthroughParameters { get; init; }

    /// <summary>No model scales videos only.</summary>
    [JsonPropertyName("creativity"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<int>? Creativity { get; }

    /// <inheritdoc cref="Creativity"/>
    [JsonPropertyName("upscale_factor"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyDictionary<string, double>? UpscaleFactor { get; }
}

internal sealed record OpenRouterModels([property: JsonPropertyName("data")] IReadOnlyList<OpenRouterModel> Data);

/// <param name="Type"><c>video.generation.</c> and the job's status.</param>
internal sealed record OpenRouterEvent(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("data")] OpenRouterVideo Data);

internal sealed record OpenRouterErrorBody([property: JsonPropertyName("error")] OpenRouterError Error);

/// <param name="Code">The HTTP status.</param>
internal sealed record OpenRouterError(
    [property: JsonPropertyName("code")] int Code, [property: JsonPropertyName("message")] string Message);

[JsonSerializable(typeof(OpenRouterVideo))]
[JsonSerializable(typeof(OpenRouterModels))]
[JsonSerializable(typeof(OpenRouterEvent))]
[JsonSerializable(typeof(OpenRouterErrorBody))]
internal sealed partial class OpenRouterJson : JsonSerializerContext;

internal static class OpenRouterWire
{
    public static readonly OpenRouterJson Json = new(WireOptions.New());
}
