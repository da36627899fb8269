using Rushes.Accounts;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rushes.Catalog;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.Queue;

internal sealed record QueueModels([property: JsonPropertyName("models")] IReadOnlyList<QueueModel> Models);

internal sealed record QueueModel
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>Other ids of the same model.</summary>
    [JsonPropertyName("aliases")]
    public required IReadOnlyList<string> Aliases { get; init; }

    [JsonPropertyName("title")]
    public required string Title { get; init; }

    /// <summary><c>text-to-video</c>, <c>image-to-video</c>, <c>sound-to-video</c>, <c>foley</c>,
    /// <c>video-to-video</c>, <c>video-extend</c> or <c>upscale</c>.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("tier")]
    public required string Tier { get; init; }

    [JsonPropertyName("lane")]
    public required string Lane { get; init; }

    /// <summary>Sizes of text to video models, such as <c>832x480</c>; the first is the default.</summary>
    [JsonPropertyName("sizes")]
    public required IReadOnlyList<string> Sizes { get; init; }

    /// <summary>Heights of the other models; the first is the default.</summary>
    [JsonPropertyName("heights")]
    public required IReadOnlyList<int> Heights { get; init; }

    /// <summary>Maximum length in seconds, by height.</summary>
    [JsonPropertyName("max_seconds")]
    public required IReadOnlyDictionary<string, double> MaxSeconds { get; init; }

    /// <summary>The model's own frame rate, which prices and run times are based on.</summary>
    [JsonPropertyName("frames_per_second")]
    public required int FramesPerSecond { get; init; }

    /// <summary>The numbers of frames that the model generates, such as <c>4n+1</c>; others are rounded up and cut.</summary>
    [JsonPropertyName("frames")]
    public required string Frames { get; init; }

    /// <summary>True if the model makes sound together with the picture.</summary>
    [JsonPropertyName("sound")]
    public bool? Sound { get; init; }

    /// <summary>The licence of the model's files.</summary>
    [JsonPropertyName("licence")]
    public string? Licence { get; init; }

    /// <summary>What users of the model should know.</summary>
    [JsonPropertyName("note")]
    public string? Note { get; init; }

    /// <summary>Price per started five seconds of generated frames, by height; null if it is free.</summary>
    [JsonPropertyName("price")]
    public required IReadOnlyDictionary<string, decimal> Price { get; init; }

    /// <summary>
    /// The price factor for one interpolated frame between each two generated ones; each further one adds the same again.
    /// </summary>
    [JsonPropertyName("interpolation_factor")]
    public required decimal InterpolationFactor { get; init; }

    /// <summary>The model that makes results larger for <c>new_resolution</c>; absent if no worker has it: ffmpeg does.</summary>
    [JsonPropertyName("upscaler")]
    public string? Upscaler { get; init; }

    /// <summary>What that adds to the price, by the shorter side of the result; absent if it costs nothing.</summary>
    [JsonPropertyName("upscale_price")]
    public IReadOnlyDictionary<string, decimal>? UpscalePrice { get; init; }

    [JsonPropertyName("currency")]
    public required string Currency { get; init; }

    /// <summary>True while no worker can run the model.</summary>
    [JsonPropertyName("unavailable")]
    public bool? Unavailable { get; init; }

    [JsonPropertyName("fields")]
    public required IReadOnlyList<QueueField> Fields { get; init; }

    /// <param name="effectOf">See <see cref="QueueField.Effect"/>, by field.</param>
    public static QueueModel Of(Model model, string currency, Func<string, string?> effectOf) => new()
    {
        Id = model.Id,
        Aliases = model.Aliases,
        Title = model.Family.Title,
        Kind = model.Kind.Name,
        Tier = model.Tier.Name,
        Lane = model.Lane,
        Sizes = [.. model.Family.Sizes.Select(size => size.ToString())],
        Heights = model.Family.Heights,
        MaxSeconds = model.Family.MaxSeconds.ToDictionary(most => $"{most.Key}", most => most.Value),
        FramesPerSecond = model.Family.FramesPerSecond,
        Frames = model.Family.Frames.ToString(),
        Sound = model.Family.Sound ? true : null,
        Licence = model.Family.Licence,
        Note = model.Family.Note,
        Price = model.Family.Price.ToDictionary(price => $"{price.Key}", price => Money.Units(price.Value)),
        InterpolationFactor = model.Family.InterpolationFactor,
        UpscalePrice = model.Family.Upscaler is { Price: { Count: > 0 } prices }
            ? prices.ToDictionary(price => $"{price.Key}", price => Money.Units(price.Value))
            : null,
        Currency = currency,
        Fields = [.. model.Family.Parameters.Select(parameter => QueueField.Of(parameter, effectOf(parameter.Name)))],
    };
}

internal sealed record QueueField
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary><c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>media</c> or <c>resolution</c>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    [JsonPropertyName("required")]
    public required bool Required { get; init; }

    [JsonPropertyName("min")]
    public double? Min { get; init; }

    [JsonPropertyName("max")]
    public double? Max { get; init; }

    [JsonPropertyName("step")]
    public double? Step { get; init; }

    [JsonPropertyName("max_length")]
    public int? MaxLength { get; init; }

    [JsonPropertyName("options")]
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary><c>picture</c>, <c>sound</c>, <c>clip</c>.</summary>
    [JsonPropertyName("media")]
    public IReadOnlyList<string>? Media { get; init; }

    [JsonPropertyName("default")]
    public JsonElement? Default { get; init; }

    [JsonPropertyName("help")]
    public string? Help { get; init; }

    /// <summary>
    /// If the connected engines do not always carry the field out: <c>none</c>, <c>with_more_steps</c> (only together with
    /// <c>higher_quality_with_more_steps</c>) or <c>depends_on_worker</c>.
    /// </summary>
    [JsonPropertyName("effect")]
    public string? Effect { get; init; }

    public static QueueField Of(Parameter parameter, string? effect) => new()
    {
        Name = parameter.Name,
        Effect = effect,
        Type = parameter.Type.ToString().ToLowerInvariant(),
        Required = parameter.Required,
        Min = parameter.Min,
        Max = parameter.Max,
        Step = parameter.Step,
        MaxLength = parameter.MaxLength,
        Options = parameter.Options,
        Media = parameter.Media.Count == 0 ? null : [.. parameter.Media.Select(kind => kind.ToString().ToLowerInvariant())],
        Default = parameter.Default,
        Help = parameter.Help,
    };
}

/// <summary>A job found by its id alone.</summary>
internal sealed record QueueJob(
    [property: JsonPropertyName("request_id")] string RequestId,
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("response_url")] string ResponseUrl,
    [property: JsonPropertyName("status_url")] string StatusUrl,
    [property: JsonPropertyName("cancel_url")] string CancelUrl);

[JsonSerializable(typeof(QueueModels))]
[JsonSerializable(typeof(QueueJob))]
internal sealed partial class QueueLookupJson : JsonSerializerContext;

internal static class QueueLookupWire
{
    public static readonly QueueLookupJson Json = new(WireOptions.New());
}
