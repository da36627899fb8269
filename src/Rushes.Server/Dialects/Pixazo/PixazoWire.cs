using System.Text.Json.Serialization;
using Rushes.Server.Http;

namespace Rushes.Server.Dialects.Pixazo;

internal sealed record PixazoCreated([property: JsonPropertyName("request_id")] string RequestId)
{
    [JsonPropertyName("success")]
    public bool Success { get; } = true;
}

internal sealed record PixazoStatus(
    [property: JsonPropertyName("status")] string Status, [property: JsonPropertyName("request_id")] string RequestId)
{
    /// <summary>A description of the status, or why the request failed.</summary>
    [JsonPropertyName("detail")]
    public string? Detail { get; init; }

    [JsonPropertyName("video")]
    public PixazoVideo? Video { get; init; }

    /// <summary>An extension: the download URL of the draft, once it is ready.</summary>
    [JsonPropertyName("draft_url")]
    public string? DraftUrl { get; init; }

    [JsonPropertyName("draft_error")]
    public string? DraftError { get; init; }

    [JsonPropertyName("success")]
    public bool Success { get; } = true;
}

internal sealed record PixazoVideo(
    [property: JsonPropertyName("url")] string Url,
    [property: JsonPropertyName("content_type")] string ContentType,
    [property: JsonPropertyName("file_name")] string FileName,
    [property: JsonPropertyName("file_size")] long FileSize);

internal sealed record PixazoErrorBody([property: JsonPropertyName("error")] string Error);

[JsonSerializable(typeof(PixazoCreated))]
[JsonSerializable(typeof(PixazoStatus))]
[JsonSerializable(typeof(PixazoErrorBody))]
internal sealed partial class PixazoJson : JsonSerializerContext;

internal static class PixazoWire
{
    public static readonly PixazoJson Json = new(WireOptions.New());
}
