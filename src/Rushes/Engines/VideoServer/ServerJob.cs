using System.Text.Json;
using Rushes.Engines.Process;
using Rushes.Jobs;

namespace Rushes.Engines.VideoServer;

/// <summary>A server's JSON about a job, whichever of the known names it uses.</summary>
internal readonly record struct ServerJob(JsonElement Json)
{
    private const int MaxReason = 500, MaxId = 200;

    /// <summary>Null if it has none that can be part of a path.</summary>
    public string? Id => (Text("id") ?? Text("task_id")) is { Length: > 0 and <= MaxId } id
        && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
        ? id
        : null;

    public string? Status => Text("status") ?? Text("task_status");

    public bool IsCompleted => Status is "completed" or "succeeded" || Result is not null;

    public bool IsFailed => Status is "failed" or "cancelled" or "canceled" or "deleted" or "expired"
        || (Status is null && HasError);

    /// <summary>Percent; 0 if the server has none.</summary>
    public int Progress => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("progress", out var progress)
        && progress.ValueKind == JsonValueKind.Number && progress.TryGetDouble(out var percent)
        ? (int)Math.Clamp(percent, 0, 100)
        : 0;

    /// <summary>The URL of the video; null if the JSON has none.</summary>
    public string? Url => Result is { } result && result.TryGetProperty("url", out var url)
        && url.ValueKind == JsonValueKind.String
        ? new ServerJob(result).Text("url")
        : Text("url");

    /// <summary>The error's stable identifier; null if it has none.</summary>
    public string? Code => HasError && Json.GetProperty("error") is { ValueKind: JsonValueKind.Object } error
        ? new ServerJob(error).Text("code")
        : null;

    /// <summary>Why it failed, for the customer.</summary>
    public string Reason
    {
        get
        {
            if (!HasError) return Text("detail") is { } detail ? Public(detail) : "it gave no reason.";
            var error = Json.GetProperty("error");
            if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var message)) error = message;
            return Public(error.ValueKind == JsonValueKind.String ? JobInput.TextOf(error)! : error.ToString());
        }
    }

    private bool HasError => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("error", out var error)
        && error.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
        && !(error.ValueKind == JsonValueKind.String && error.ValueEquals(""));

    private JsonElement? Result => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("data", out var data)
        && data.ValueKind == JsonValueKind.Array && data.GetArrayLength() > 0 && data[0].ValueKind == JsonValueKind.Object
        ? data[0]
        : null;

    private string? Text(string name) => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
        ? JobInput.TextOf(value)
        : null;

    private static string Public(string text) => BoundedText.Line(ProgramWords.Public(text), MaxReason);
}
