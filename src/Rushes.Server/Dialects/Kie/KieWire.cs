using System.Text.Json.Serialization;
using Rushes.Server.Http;
using Rushes.Server.JobResponses;

namespace Rushes.Server.Dialects.Kie;

/// <summary>
/// The envelope of every response. <c>code</c> equals the HTTP status; newer clients read <c>message</c>, older ones
/// <c>msg</c>.
/// </summary>
internal sealed record KieAnswer<T>(
    [property: JsonPropertyName("code")] int Code,
    [property: JsonPropertyName("msg")] string Msg,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("data"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] T? Data)
{
    public KieAnswer(T data) : this(StatusCodes.Status200OK, "success", "success", data) { }
}

internal sealed record KieCreated([property: JsonPropertyName("taskId")] string TaskId);

/// <summary>A task. Times are in milliseconds; unknown values are null, not absent.</summary>
internal sealed record KieRecord
{
    [JsonPropertyName("taskId")]
    public required string TaskId { get; init; }

    [JsonPropertyName("model")]
    public required string Model { get; init; }

    [JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>The create request as a JSON string.</summary>
    [JsonPropertyName("param")]
    public required string Param { get; init; }

    /// <summary>A <see cref="KieResult"/> as a JSON string.</summary>
    [JsonPropertyName("resultJson"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? ResultJson { get; init; }

    [JsonPropertyName("failCode"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FailCode { get; init; }

    [JsonPropertyName("failMsg"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FailMsg { get; init; }

    [JsonPropertyName("costTime"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? CostTime { get; init; }

    [JsonPropertyName("completeTime"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? CompleteTime { get; init; }

    [JsonPropertyName("createTime")]
    public required long CreateTime { get; init; }

    /// <summary>An extension: the download URL of the draft, once it is ready.</summary>
    [JsonPropertyName("draft_url"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DraftUrl { get; init; }

    [JsonPropertyName("draft_error"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DraftError { get; init; }

    /// <summary>Whether the task awaits approval of its draft.</summary>
    [JsonPropertyName("awaiting_approval"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AwaitingApproval { get; init; }
}

internal sealed record KieResult([property: JsonPropertyName("resultUrls")] string[] ResultUrls);

[JsonSerializable(typeof(KieAnswer<KieCreated>), TypeInfoPropertyName = "Created")]
[JsonSerializable(typeof(KieAnswer<KieRecord>), TypeInfoPropertyName = "Record")]
[JsonSerializable(typeof(KieAnswer<string>), TypeInfoPropertyName = "Text")]
[JsonSerializable(typeof(KieAnswer<long>), TypeInfoPropertyName = "Number")]
[JsonSerializable(typeof(KieAnswer<DryRunAnswer>), TypeInfoPropertyName = "DryRun")]
[JsonSerializable(typeof(KieResult))]
internal sealed partial class KieJson : JsonSerializerContext;

internal static class KieWire
{
    public static readonly KieJson Json = new(WireOptions.New());
}
