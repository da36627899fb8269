using System.Text.Json;
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

    public static NodeFault Of(JsonElement error) => new(
        ComfyMessage.Text(error, "node_id") ?? "", ComfyMessage.Text(error, "node_type") ?? "a node",
        ComfyMessage.Text(error, "exception_type") ?? "",
        Wording.Clean(ComfyMessage.Text(error, "exception_message") ?? "no reason given"))
    {
        Trace = error.TryGetProperty("traceback", out var lines) && lines.ValueKind == JsonValueKind.Array
            ? string.Concat(lines.EnumerateArray().Where(line => line.ValueKind == JsonValueKind.String).Select(JobInput.TextOf))
            : "",
    };
}
