using System.Text.Json.Serialization;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.Queue;

internal sealed record QueueCreated(
    [property: JsonPropertyName("request_id")] string RequestId,
    [property: JsonPropertyName("response_url")] string ResponseUrl,
    [property: JsonPropertyName("status_url")] string StatusUrl,
    [property: JsonPropertyName("cancel_url")] string CancelUrl,
    [property: JsonPropertyName("warning")] string? Warning = null);

internal record QueueStatus
{
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("queue_position")]
    public int? QueuePosition { get; init; }

    [JsonPropertyName("statusMessages")]
    public required QueueMessages StatusMessages { get; init; }

    [JsonPropertyName("etaSeconds")]
    public long? EtaSeconds { get; init; }

    /// <summary>True while no worker can run the model.</summary>
    [JsonPropertyName("unavailable")]
    public bool? Unavailable { get; init; }

    [JsonPropertyName("error_code")]
    public string? ErrorCode { get; init; }

    [JsonPropertyName("response_url")]
    public required string ResponseUrl { get; init; }

    /// <summary>When the video is deleted; null: never, or there is none.</summary>
    [JsonPropertyName("expires_at")]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The URL of the latest frame, while the job runs on an engine that supports previews.</summary>
    [JsonPropertyName("preview_url")]
    public string? PreviewUrl { get; init; }

    /// <summary>The frame as a data URL, in <c>preview</c> events of a stream.</summary>
    [JsonPropertyName("preview")]
    public string? Preview { get; init; }

    /// <summary>The download URL of the draft, once it is ready.</summary>
    [JsonPropertyName("draft_url")]
    public string? DraftUrl { get; init; }

    [JsonPropertyName("draft_error")]
    public string? DraftError { get; init; }

    /// <summary>The URL to approve the draft, while the job awaits approval.</summary>
    [JsonPropertyName("approve_url")]
    public string? ApproveUrl { get; init; }
}

internal sealed record QueueMessages
{
    public static readonly QueueMessages None = new();

    public static readonly QueueMessages NoWorker = new()
    {
        Message = "No worker can run this model at the moment. The job waits until one can.",
    };

    public static readonly QueueMessages Awaiting = new() { Message = "AWAITING_APPROVAL" };

    [JsonPropertyName("message")]
    public string? Message { get; init; }

    [JsonPropertyName("detail_message")]
    public string? DetailMessage { get; init; }

    /// <summary>Seconds of the whole run, without the wait.</summary>
    [JsonPropertyName("estimated_total_time_seconds")]
    public long? EstimatedTotalTimeSeconds { get; init; }

    [JsonPropertyName("result_uri")]
    public string? ResultUri { get; init; }

    [JsonPropertyName("results")]
    public string[]? Results { get; init; }
}

/// <param name="DataUrl">The same download URL; absent if the video is included as base64.</param>
internal sealed record QueueLink(
    [property: JsonPropertyName("data_uri")] string DataUri,
    [property: JsonPropertyName("data_url")] string? DataUrl);

internal sealed record QueueVideo([property: JsonPropertyName("video")] QueueLink Video);

internal sealed record QueueDownload(
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("r2_uri")] string R2Uri);

internal sealed record QueueErrorBody(
    [property: JsonPropertyName("error")] string Error,
    [property: JsonPropertyName("field")] string? Field,
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("status")] string? Status = null);

/// <summary>The body of a webhook.</summary>
internal sealed record QueueCallback(
    [property: JsonPropertyName("request_id")] string RequestId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("statusMessages")] QueueMessages StatusMessages,
    [property: JsonPropertyName("error_code")] string? ErrorCode,
    [property: JsonPropertyName("response_url")] string ResponseUrl,
    [property: JsonPropertyName("video")] QueueLink? Video,
    [property: JsonPropertyName("draft_url")] string? DraftUrl);

[JsonSerializable(typeof(QueueCallback))]
[JsonSerializable(typeof(QueueCreated))]
[JsonSerializable(typeof(QueueStatus))]
[JsonSerializable(typeof(QueueVideo))]
[JsonSerializable(typeof(QueueDownload))]
[JsonSerializable(typeof(QueueErrorBody))]
internal sealed partial class QueueJson : JsonSerializerContext;

internal static class QueueWire
{
    public static readonly QueueJson Json = new(WireOptions.New());

    /// <summary>For streams.</summary>
    public static readonly QueueJson Ascii = new(WireOptions.NewAscii());
}
