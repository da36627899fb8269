using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using ModelContextProtocol.Protocol;
using Rushes.Jobs;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Mcp;

/// <summary>A request as tools return it.</summary>
internal sealed record McpVideo
{
    public static readonly string[] Statuses = [.. Enum.GetValues<JobState>().Select(StatusOf).Distinct()];

    [JsonPropertyName("request_id")]
    public required string RequestId { get; init; }

    [JsonPropertyName("model")]
    public required string Model { get; init; }

    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>How many requests are ahead.</summary>
    [JsonPropertyName("queue_position")]
    public int? QueuePosition { get; init; }

    /// <summary>Estimated seconds until the video is ready.</summary>
    [JsonPropertyName("eta_seconds")]
    public long? EtaSeconds { get; init; }

    /// <summary>True while no worker can run the model.</summary>
    [JsonPropertyName("unavailable")]
    public bool? Unavailable { get; init; }

    /// <summary>0 to 1.</summary>
    [JsonPropertyName("progress")]
    public double? Progress { get; init; }

    [JsonPropertyName("poll_after_seconds")]
    public int? PollAfterSeconds { get; init; }

    [JsonPropertyName("video_url")]
    public string? VideoUrl { get; init; }

    /// <summary>When the video is deleted; null: never.</summary>
    [JsonPropertyName("expires_at")]
    public DateTimeOffset? ExpiresAt { get; init; }

    [JsonPropertyName("draft_url")]
    public string? DraftUrl { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }

    [JsonPropertyName("code")]
    public string? Code { get; init; }

    public static string StatusOf(JobState state) => state switch
    {
        JobState.Awaiting => "awaiting_approval",
        JobState.Pending or JobState.Retry => "queued",
        JobState.Running => "running",
        JobState.Completed => "completed",
        JobState.Failed => "failed",
        _ => "cancelled",
    };
}

/// <summary>A task of the tasks extension.</summary>
internal sealed class McpTask : Result
{
    [JsonPropertyName("taskId")]
    public required string TaskId { get; init; }

    /// <summary><c>working</c>, <c>input_required</c>, <c>completed</c> or <c>cancelled</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("statusMessage")]
    public string? StatusMessage { get; init; }

    [JsonPropertyName("createdAt")]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("lastUpdatedAt")]
    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>How long the task is kept at least; null: forever.</summary>
    [JsonPropertyName("ttlMs"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? TtlMs { get; init; }

    [JsonPropertyName("pollIntervalMs")]
    public long? PollIntervalMs { get; init; }

    /// <summary>The result of the tool.</summary>
    [JsonPropertyName("result")]
    public JsonNode? Outcome { get; init; }

    [JsonPropertyName("inputRequests")]
    public JsonObject? InputRequests { get; init; }
}

/// <param name="Next">Send it as <c>before</c> to get the next page; null on the last one.</param>
internal sealed record McpVideoList(
    [property: JsonPropertyName("videos")] IReadOnlyList<McpListed> Videos,
    [property: JsonPropertyName("next")] string? Next);

internal sealed record McpListed(
    [property: JsonPropertyName("request_id")] string RequestId,
    [property: JsonPropertyName("model")] string Model,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("prompt")] string Prompt,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt);

internal sealed record McpModels([property: JsonPropertyName("models")] IReadOnlyList<McpModel> Models);

internal sealed record McpModel
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("title")]
    public required string Title { get; init; }

    /// <summary>The tool that creates videos with it.</summary>
    [JsonPropertyName("tool")]
    public required string Tool { get; init; }

    [JsonPropertyName("tier")]
    public required string Tier { get; init; }

    [JsonPropertyName("sizes")]
    public required IReadOnlyList<string> Sizes { get; init; }

    /// <summary>By the height of the video in pixels.</summary>
    [JsonPropertyName("max_seconds")]
    public required Dictionary<string, double> MaxSeconds { get; init; }

    /// <summary>Per second of video, by its height in pixels.</summary>
    [JsonPropertyName("price")]
    public required Dictionary<string, decimal> Price { get; init; }

    [JsonPropertyName("currency")]
    public required string Currency { get; init; }

    /// <summary>True if no worker can run it now.</summary>
    [JsonPropertyName("unavailable")]
    public bool? Unavailable { get; init; }

    /// <summary>The JSON schema of its fields.</summary>
    [JsonPropertyName("fields")]
    public required JsonElement Fields { get; init; }
}

/// <param name="Field">The invalid argument; null if the error is not about one.</param>
internal sealed record McpError(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("field")] string? Field,
    [property: JsonPropertyName("code")] string Code);

[JsonSerializable(typeof(McpVideo))]
[JsonSerializable(typeof(McpVideoList))]
[JsonSerializable(typeof(McpTask))]
[JsonSerializable(typeof(McpError))]
[JsonSerializable(typeof(McpRejection))]
[JsonSerializable(typeof(McpModels))]
[JsonSerializable(typeof(DryRunAnswer))]
internal sealed partial class McpJson : JsonSerializerContext;

internal static class McpWire
{
    public static readonly McpJson Json = new(WireOptions.New());
}
