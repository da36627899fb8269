using System.Text.Json.Serialization;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.OpenAi;

/// <summary>A video job, as OpenAI's clients know it.</summary>
internal sealed record OpenAiVideo
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("object")]
    public string Object { get; } = "video";

    /// <summary>The model that the client requested.</summary>
    [JsonPropertyName("model")]
    public required string Model { get; init; }

    /// <summary><c>queued</c>, <c>in_progress</c>, <c>completed</c> or <c>failed</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>Percent.</summary>
    [JsonPropertyName("progress")]
    public required int Progress { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("completed_at"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? CompletedAt { get; init; }

    /// <summary>When the video is deleted; null if it is kept forever or does not exist yet.</summary>
    [JsonPropertyName("expires_at"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required long? ExpiresAt { get; init; }

    [JsonPropertyName("prompt"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Prompt { get; init; }

    [JsonPropertyName("size")]
    public required string Size { get; init; }

    [JsonPropertyName("seconds")]
    public required string Seconds { get; init; }

    [JsonPropertyName("remixed_from_video_id"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? RemixedFromVideoId { get; init; }

    [JsonPropertyName("error"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required OpenAiVideoError? Error { get; init; }

    /// <summary>An extension: jobs that start before this one.</summary>
    [JsonPropertyName("queue_position")]
    public int? QueuePosition { get; init; }

    /// <summary>An extension: expected seconds until the video is ready.</summary>
    [JsonPropertyName("eta_seconds")]
    public long? EtaSeconds { get; init; }

    /// <summary>An extension: the download URL of the draft, once it is ready.</summary>
    [JsonPropertyName("draft_url")]
    public string? DraftUrl { get; init; }

    [JsonPropertyName("draft_error")]
    public string? DraftError { get; init; }

    /// <summary>An extension: whether the job awaits approval of its draft.</summary>
    [JsonPropertyName("awaiting_approval"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AwaitingApproval { get; init; }
}

internal sealed record OpenAiVideoError(
    [property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("message")] string Message);

internal sealed record OpenAiDeleted(
    [property: JsonPropertyName("id")] string Id, [property: JsonPropertyName("object")] string Object)
{
    [JsonPropertyName("deleted")]
    public bool Deleted { get; } = true;
}

internal sealed record OpenAiModel([property: JsonPropertyName("id")] string Id)
{
    [JsonPropertyName("object")]
    public string Object { get; } = "model";

    /// <summary>0, because the catalog has no dates.</summary>
    [JsonPropertyName("created")]
    public long Created { get; }

    [JsonPropertyName("owned_by")]
    public string OwnedBy { get; } = "rushes";
}

internal sealed record OpenAiList<T>([property: JsonPropertyName("data")] IReadOnlyList<T> Data)
{
    [JsonPropertyName("object")]
    public string Object { get; } = "list";

    [JsonPropertyName("first_id"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FirstId { get; init; }

    [JsonPropertyName("last_id"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? LastId { get; init; }

    [JsonPropertyName("has_more")]
    public bool HasMore { get; init; }
}

internal sealed record OpenAiEvent(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("created_at")] long CreatedAt,
    [property: JsonPropertyName("data")] OpenAiEventData Data)
{
    [JsonPropertyName("object")]
    public string Object { get; } = "event";
}

internal sealed record OpenAiEventData([property: JsonPropertyName("id")] string Id);

internal sealed record OpenAiErrorBody([property: JsonPropertyName("error")] OpenAiError Error);

internal sealed record OpenAiError(
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("param"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonPropertyName("code"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);

/// <summary>What is stored with a job to show it as its client created it.</summary>
/// <param name="Model">The model's name as the client sent it.</param>
/// <param name="RemixedFrom">The id of the video that this one was made from.</param>
internal sealed record OpenAiEcho(
    [property: JsonPropertyName("model")] string Model, [property: JsonPropertyName("remixed_from")] string? RemixedFrom = null);

[JsonSerializable(typeof(OpenAiVideo))]
[JsonSerializable(typeof(OpenAiDeleted))]
[JsonSerializable(typeof(OpenAiModel))]
[JsonSerializable(typeof(OpenAiList<OpenAiVideo>), TypeInfoPropertyName = "Videos")]
[JsonSerializable(typeof(OpenAiList<OpenAiModel>), TypeInfoPropertyName = "Models")]
[JsonSerializable(typeof(OpenAiEvent))]
[JsonSerializable(typeof(OpenAiErrorBody))]
[JsonSerializable(typeof(OpenAiEcho))]
internal sealed partial class OpenAiJson : JsonSerializerContext;

internal static class OpenAiWire
{
    public static readonly OpenAiJson Json = new(WireOptions.New());
}
