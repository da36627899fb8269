using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Jobs;

namespace Rushes.Engines.Comfy;

/// <summary>A node that failed.</summary>
/// <param name="Message">Without paths of the server.</param>
internal sealed record NodeFault(string Node, string Class, string Exception, string Message)
{
    /// <summary>The server's stack trace, for operators; empty if it sent none.</summary>
    public string Trace { get; init; } = "";

    public bool OutOfMemory => Exception.Contains("OutOfMemory", StringComparison.OrdinalIgnoreCase)
        || Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
        || Message.Contains("Allocation on device", StringComparison.OrdinalIgnoreCase);

    /// <summary>The server's CUDA context is lost: its GPU is unusable until it is restarted.</summary>
    public bool BreaksGpu => Exception.Contains("AcceleratorError", StringComparison.OrdinalIgnoreCase)
        || GpuErrors.Any(error => Message.Contains(error, StringComparison.OrdinalIgnoreCase));

    private static readonly string[] GpuErrors =
        ["CUDA error", "CUDNN_STATUS", "CUBLAS_STATUS", "HIP error", "device-side assert"];

    public static NodeFault Of(JsonElement told) => new(
        ComfyMessage.Text(told, "node_id") ?? "", ComfyMessage.Text(told, "node_type") ?? "a node",
        ComfyMessage.Text(told, "exception_type") ?? "",
        Wording.Clean(ComfyMessage.Text(told, "exception_message") ?? "no reason given"))
    {
        Trace = told.TryGetProperty("traceback", out var lines) && lines.ValueKind == JsonValueKind.Array
            ? string.Concat(lines.EnumerateArray().Where(line => line.ValueKind == JsonValueKind.String).Select(JobInput.TextOf))
            : "",
    };
}

/// <summary>Why a server rejected a prompt.</summary>
/// <param name="Partly">The server accepted the rest of it, which must be cancelled.</param>
internal sealed record Refusal(string Message, bool Partly)
{
    /// <summary>The response to an accepted prompt has no errors.</summary>
    public static bool IsNone(JsonElement told) => Reply.Read(() =>
        !told.TryGetProperty(
            "node_errors", out var errors) || errors.ValueKind != JsonValueKind.Object || !errors.EnumerateObject().Any());

    public static Refusal Of(JsonElement told, bool partly) => Reply.Read(() => Read(told, partly));

    private static Refusal Read(JsonElement told, bool partly)
    {
        var reasons = new List<string>();
        if (told.TryGetProperty("node_errors", out var nodes) && nodes.ValueKind == JsonValueKind.Object)
            foreach (var node in nodes.EnumerateObject())
                if (node.Value.TryGetProperty("errors", out var errors))
                    reasons.AddRange(
                        errors.EnumerateArray().Select(
                            error => $"{Said(error)} ({node.Name}, {ComfyMessage.Text(node.Value, "class_type")})"));
        if (reasons.Count == 0 && told.TryGetProperty("error", out var whole)) reasons.Add(Said(whole));
        return new Refusal(reasons.Count == 0 ? "no reason given" : string.Join("; ", reasons.Take(3)), partly);
    }

    private static string Said(JsonElement error) => ComfyMessage.Text(error, "details") is { Length: > 0 } details
        ? $"{Wording.Clean(ComfyMessage.Text(error, "message") ?? "")}: {Wording.Clean(details)}"
        : Wording.Clean(ComfyMessage.Text(error, "message") ?? "");
}

/// <summary>Converts messages of a server for clients: one line, without paths and lists of installed files.</summary>
internal static partial class Wording
{
    private const int Longest = 300;

    public static string Clean(string text)
    {
        return Excerpt.Of(Spaces().Replace(Paths().Replace(Lists().Replace(text, ""), "a file"), " ").Trim(), Longest);
    }

    [GeneratedRegex(@"(?<![\w.])(/|[A-Za-z]:\\|\\\\)[^\s'"",;:)\]]+")]
    private static partial Regex Paths();

    [GeneratedRegex(@"\s+not in \[.*", RegexOptions.Singleline)]
    private static partial Regex Lists();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
