using System.Text.Json;

namespace Rushes.Engines.Comfy;

/// <summary>Why a server rejected a prompt.</summary>
/// <param name="Partly">The server accepted the rest of it, which must be cancelled.</param>
internal sealed record Rejection(string Message, bool Partly)
{
    /// <summary>The response to an accepted prompt has no errors.</summary>
    public static bool IsNone(JsonElement reply) => Reply.Read(() =>
        !reply.TryGetProperty(
            "node_errors", out var errors) || errors.ValueKind != JsonValueKind.Object || !errors.EnumerateObject().Any());

    public static Rejection Of(JsonElement reply, bool partly) => Reply.Read(() => Read(reply, partly));

    private static Rejection Read(JsonElement reply, bool partly)
    {
        var reasons = new List<string>();
        if (reply.TryGetProperty("node_errors", out var nodes) && nodes.ValueKind == JsonValueKind.Object)
            foreach (var node in nodes.EnumerateObject())
                if (node.Value.TryGetProperty("errors", out var errors))
                    reasons.AddRange(
                        errors.EnumerateArray().Select(
                            error => $"{Said(error)} ({node.Name}, {ComfyMessage.Text(node.Value, "class_type")})"));
        if (reasons.Count == 0 && reply.TryGetProperty("error", out var whole)) reasons.Add(Said(whole));
        return new Rejection(reasons.Count == 0 ? "no reason given" : string.Join("; ", reasons.Take(3)), partly);
    }

    private static string Said(JsonElement error) => ComfyMessage.Text(error, "details") is { Length: > 0 } details
        ? $"{Wording.Clean(ComfyMessage.Text(error, "message") ?? "")}: {Wording.Clean(details)}"
        : Wording.Clean(ComfyMessage.Text(error, "message") ?? "");
}
