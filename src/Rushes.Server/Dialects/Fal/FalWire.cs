using System.Text.Json.Serialization;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.Fal;

/// <summary>The status of a job; also the response to the create call.</summary>
internal sealed record FalStatus
{
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("request_id")]
    public required string RequestId { get; init; }

    [JsonPropertyName("response_url")]
    public required string ResponseUrl { get; init; }

    [JsonPropertyName("status_url")]
    public required string StatusUrl { get; init; }

    [JsonPropertyName("cancel_url")]
    public required string CancelUrl { get; init; }

    [JsonPropertyName("queue_position")]
    public int? QueuePosition { get; init; }

    [JsonPropertyName("logs")]
    public IReadOnlyList<FalLog> Logs { get; init; } = [];

    [JsonPropertyName("metrics")]
    public FalMetrics? Metrics { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }

    [JsonPropertyName("error_type")]
    public string? ErrorType { get; init; }

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

internal sealed record FalLog(
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("level")] string Level,
    [property: JsonPropertyName("source")] string Source,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp);

/// <param name="InferenceTime">Seconds; null if the job never ran.</param>
internal sealed record FalMetrics(
    [property: JsonPropertyName("inference_time"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? InferenceTime);

internal sealed record FalResult(
    [property: JsonPropertyName("video")] FalFile Video,
    [property: JsonPropertyName("seed")] long Seed);

internal sealed record FalFile(
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("content_type")] string ContentType,
    [property: JsonPropertyName("file_name")] string FileName,
    [property: JsonPropertyName("file_size")] long FileSize);

/// <summary>The outcome of a cancellation or an approval.</summary>
internal sealed record FalWord([property: JsonPropertyName("status")] string Status);

internal sealed record FalUpload(
    [property: JsonPropertyName("upload_url")] string UploadUrl,
    [property: JsonPropertyName("file_url")] string FileUrl);

internal sealed record FalUploadRequest(
    [property: JsonPropertyName("content_type")] string? ContentType,
    [property: JsonPropertyName("file_name")] string? FileName);

/// <summary>An uploaded part.</summary>
internal sealed record FalPart(
    [property: JsonPropertyName("partNumber")] int PartNumber,
    [property: JsonPropertyName("etag")] string? ETag);

internal sealed record FalParts([property: JsonPropertyName("parts")] IReadOnlyList<FalPart?>? Parts);

/// <summary>The invalid fields of a request.</summary>
internal sealed record FalFieldErrors([property: JsonPropertyName("detail")] IReadOnlyList<FalFieldError> Detail);

internal sealed record FalFieldError(
    [property: JsonPropertyName("loc")] IReadOnlyList<string> Loc,
    [property: JsonPropertyName("msg")] string Msg,
    [property: JsonPropertyName("type")] string Type);

internal sealed record FalError(
    [property: JsonPropertyName("detail")] string Detail,
    [property: JsonPropertyName("error_type")] string? ErrorType = null);

/// <param name="Status">OK or ERROR.</param>
internal sealed record FalCallback<T>(
    [property: JsonPropertyName("request_id")] string RequestId,
    [property: JsonPropertyName("gateway_request_id")] string GatewayRequestId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("payload")] T Payload,
    [property: JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Error);

[JsonSerializable(typeof(FalStatus))]
[JsonSerializable(typeof(FalResult))]
[JsonSerializable(typeof(FalWord))]
[JsonSerializable(typeof(FalUpload))]
[JsonSerializable(typeof(FalUploadRequest))]
[JsonSerializable(typeof(FalPart))]
[JsonSerializable(typeof(FalParts))]
[JsonSerializable(typeof(FalFieldErrors))]
[JsonSerializable(typeof(FalError))]
[JsonSerializable(typeof(FalCallback<FalResult>), TypeInfoPropertyName = "DoneCallback")]
[JsonSerializable(typeof(FalCallback<FalError>), TypeInfoPropertyName = "FailedCallback")]
[JsonSerializable(typeof(FalCallback<FalFieldErrors>), TypeInfoPropertyName = "RejectedCallback")]
internal sealed partial class FalJson : JsonSerializerContext;

internal static class FalWire
{
    public static readonly FalJson Json = new(WireOptions.New());

    /// <summary>For streams.</summary>
    public static readonly FalJson Ascii = new(WireOptions.NewAscii());
}
