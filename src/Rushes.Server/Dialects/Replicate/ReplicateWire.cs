using System.Text.Json;
using System.Text.Json.Serialization;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.Replicate;

/// <summary>A job, as Replicate's clients know it.</summary>
internal sealed record ReplicatePrediction
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary><c>owner/name</c>.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    [JsonPropertyName("version")]
    public required string Version { get; init; }

    [JsonPropertyName("input")]
    public required JsonElement Input { get; init; }

    /// <summary>The download URL of the video; null until it is ready.</summary>
    [JsonPropertyName("output"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Output { get; init; }

    /// <summary>Lines as tqdm prints them, which clients read the progress from.</summary>
    [JsonPropertyName("logs")]
    public required string Logs { get; init; }

    [JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Error { get; init; }

    /// <summary><c>starting</c>, <c>processing</c>, <c>succeeded</c>, <c>failed</c> or <c>canceled</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("data_removed")]
    public bool DataRemoved { get; init; }

    [JsonPropertyName("source")]
    public string Source { get; } = "api";

    [JsonPropertyName("created_at")]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("started_at")]
    public DateTimeOffset? StartedAt { get; init; }

    [JsonPropertyName("completed_at")]
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>When it is canceled if it has not ended.</summary>
    [JsonPropertyName("deadline")]
    public DateTimeOffset? Deadline { get; init; }

    [JsonPropertyName("metrics")]
    public ReplicateMetrics? Metrics { get; init; }

    [JsonPropertyName("urls")]
    public required ReplicateUrls Urls { get; init; }

    /// <summary>An extension: the download URL of the draft, once it is ready.</summary>
    [JsonPropertyName("draft_url")]
    public string? DraftUrl { get; init; }

    [JsonPropertyName("draft_error")]
    public string? DraftError { get; init; }

    /// <summary>An extension: whether the job awaits approval of its draft.</summary>
    [JsonPropertyName("awaiting_approval"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AwaitingApproval { get; init; }
}

/// <param name="PredictTime">Seconds of the run.</param>
/// <param name="TotalTime">Seconds from creation to end.</param>
internal sealed record ReplicateMetrics(
    [property: JsonPropertyName("predict_time")] double PredictTime, [property: JsonPropertyName("total_time")] double TotalTime);

internal sealed record ReplicateUrls(
    [property: JsonPropertyName("get")] string Get, [property: JsonPropertyName("cancel")] string Cancel);

internal sealed record ReplicateList<T>([property: JsonPropertyName("results")] IReadOnlyList<T> Results)
{
    [JsonPropertyName("previous"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Previous { get; }

    [JsonPropertyName("next"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Next { get; init; }
}

internal sealed record ReplicateModel
{
    [JsonPropertyName("url")]
    public required string Url { get; init; }

    [JsonPropertyName("owner")]
    public required string Owner { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("description")]
    public required string Description { get; init; }

    [JsonPropertyName("visibility")]
    public string Visibility { get; } = "private";

    /// <summary>0, because runs are not counted by model. Replicate's client for Python requires it.</summary>
    [JsonPropertyName("run_count")]
    public int RunCount { get; }

    [JsonPropertyName("latest_version")]
    public required ReplicateVersion LatestVersion { get; init; }
}

/// <param name="Id">64 hex digits, which change with the model's fields.</param>
internal sealed record ReplicateVersion(
    [property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("openapi_schema")] JsonElement OpenApiSchema)
{
    /// <summary>1970, because the catalog has no dates. Replicate's client for Python requires it.</summary>
    [JsonPropertyName("created_at")]
    public DateTimeOffset CreatedAt { get; } = DateTimeOffset.UnixEpoch;

    /// <summary>No version, because models are not packed by Cog. Replicate's client for Python requires it.</summary>
    [JsonPropertyName("cog_version")]
    public string CogVersion { get; } = "0.0.0";
}

/// <param name="Slug">The kind of its models.</param>
internal sealed record ReplicateCollection(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("slug")] string Slug,
    [property: JsonPropertyName("description")] string Description)
{
    /// <summary>Only where one collection is requested.</summary>
    [JsonPropertyName("models")]
    public IReadOnlyList<ReplicateModel>? Models { get; init; }
}

/// <summary>The response of a search.</summary>
internal sealed record ReplicateFound(
    [property: JsonPropertyName("models")] IReadOnlyList<ReplicateFoundModel> Models,
    [property: JsonPropertyName("collections")] IReadOnlyList<ReplicateCollection> Collections)
{
    /// <summary>Pages of documentation; none are searched.</summary>
    [JsonPropertyName("pages")]
    public IReadOnlyList<string> Pages { get; } = [];
}

internal sealed record ReplicateFoundModel([property: JsonPropertyName("model")] ReplicateModel Model)
{
    /// <summary>Generated descriptions and scores; there are none.</summary>
    [JsonPropertyName("metadata")]
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();
}

internal sealed record ReplicateHardware(
    [property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("sku")] string Sku);

/// <param name="Username">The account's name.</param>
internal sealed record ReplicateAccount([property: JsonPropertyName("username")] string Username)
{
    [JsonPropertyName("type")]
    public string Type { get; } = "organization";

    [JsonPropertyName("name")]
    public string Name { get; } = Username;
}

internal sealed record ReplicateSecret([property: JsonPropertyName("key")] string Key);

internal sealed record ReplicateProblem(
    [property: JsonPropertyName("title")] string Title,
    [property: JsonPropertyName("status")] int Status,
    [property: JsonPropertyName("detail")] string Detail);

/// <summary>What is stored with a job to show it as its client created it.</summary>
/// <param name="Input">Base64 media are replaced by their storage addresses.</param>
internal sealed record ReplicateEcho(
    [property: JsonPropertyName("model")] string Model, [property: JsonPropertyName("input")] JsonElement Input);

[JsonSerializable(typeof(ReplicatePrediction))]
[JsonSerializable(typeof(ReplicateList<ReplicatePrediction>), TypeInfoPropertyName = "Predictions")]
[JsonSerializable(typeof(ReplicateList<ReplicateVersion>), TypeInfoPropertyName = "Versions")]
[JsonSerializable(typeof(ReplicateList<ReplicateModel>), TypeInfoPropertyName = "Models")]
[JsonSerializable(typeof(ReplicateList<ReplicateCollection>), TypeInfoPropertyName = "Collections")]
[JsonSerializable(typeof(ReplicateModel))]
[JsonSerializable(typeof(ReplicateCollection))]
[JsonSerializable(typeof(ReplicateFound))]
[JsonSerializable(typeof(ReplicateHardware[]))]
[JsonSerializable(typeof(ReplicateVersion))]
[JsonSerializable(typeof(ReplicateAccount))]
[JsonSerializable(typeof(ReplicateSecret))]
[JsonSerializable(typeof(ReplicateProblem))]
[JsonSerializable(typeof(ReplicateEcho))]
internal sealed partial class ReplicateJson : JsonSerializerContext;

internal static class ReplicateWire
{
    public static readonly ReplicateJson Json = new(WireOptions.New());
}
