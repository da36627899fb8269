using System.Text.Json;

namespace Rushes.Engines.Comfy;

/// <summary>How a prompt ended.</summary>
/// <param name="Fault">Why it failed.</param>
internal sealed record HistoryEntry(
    bool Succeeded, bool Interrupted, NodeFault? Fault, IReadOnlyDictionary<string, IReadOnlyList<OutputFile>> Outputs)
{
    public static HistoryEntry Of(JsonElement entry) => Reply.Read(() => Read(entry));

    private static HistoryEntry Read(JsonElement entry)
    {
        var status = entry.TryGetProperty("status", out var value) && value.ValueKind == JsonValueKind.Object ? value : default;
        var interrupted = false;
        NodeFault? fault = null;
        if (status.ValueKind == JsonValueKind.Object && status.TryGetProperty("messages", out var messages))
            foreach (var message in messages.EnumerateArray())
            {
                if (message[0].ValueEquals("execution_interrupted")) interrupted = true;
                if (message[0].ValueEquals("execution_error")) fault = NodeFault.Of(message[1]);
            }
        var outputs = entry.TryGetProperty("outputs", out var nodes)
            ? nodes.EnumerateObject().ToDictionary(
                node => node.Name, node => (IReadOnlyList<OutputFile>)[.. OutputFile.All(node.Value)])
            : [];
        return new HistoryEntry(ComfyMessage.Text(status, "status_str") == "success", interrupted, fault, outputs);
    }

    /// <summary>The result among a node's files: a video rather than a sound; null if there is neither.</summary>
    public OutputFile? Result(string node) => Outputs.GetValueOrDefault(node) is not { } files ? null
        : files.FirstOrDefault(file => file.IsVideo) ?? files.FirstOrDefault(file => file.IsSound);
}

/// <summary>
/// A file of a node, with the parameters of <c>/view</c>. Only its extension shows its type, because videos are listed in
/// <c>images</c> too.
/// </summary>
internal sealed record OutputFile(string Name, string Subfolder, string Type)
{
    private static readonly string[] Videos = [".mp4", ".webm", ".mov", ".mkv"];

    private static readonly string[] Sounds = [".flac", ".wav", ".mp3", ".opus", ".ogg", ".m4a"];

    public string Extension => Path.GetExtension(Name).ToLowerInvariant();

    public bool IsVideo => Videos.Contains(Extension);

    public bool IsSound => Sounds.Contains(Extension);

    /// <summary>Under any key: <c>images</c>, <c>gifs</c>, <c>audio</c>, <c>video</c>.</summary>
    public static IEnumerable<OutputFile> All(JsonElement output) => output.EnumerateObject()
        .Where(key => key.Value.ValueKind == JsonValueKind.Array)
        .SelectMany(key => key.Value.EnumerateArray())
        .Where(file => ComfyMessage.Text(file, "filename") is not null)
        .Select(
            file => new OutputFile(
                ComfyMessage.Text(file, "filename")!, ComfyMessage.Text(file, "subfolder") ?? "",
                ComfyMessage.Text(file, "type") ?? "output"));
}
