using System.Buffers.Binary;
using System.Text.Json;
using Rushes.Jobs;

namespace Rushes.Engines.Comfy;

/// <summary>The messages of a server's socket that are used here.</summary>
/// <param name="Prompt">The prompt that it is about; null if it has none.</param>
internal abstract record ComfyMessage(string? Prompt)
{
    /// <summary>Nodes whose results were cached.</summary>
    public sealed record Cached(string? Prompt, IReadOnlyList<string> Nodes) : ComfyMessage(Prompt);

    /// <summary>All nodes that have started.</summary>
    public sealed record State(string? Prompt, IReadOnlyList<NodeState> Nodes) : ComfyMessage(Prompt);

    public sealed record Step(string? Prompt, string Node, double Value, double Max) : ComfyMessage(Prompt);

    /// <summary>It may have ended; the history shows whether it has.</summary>
    public sealed record Ended(string? Prompt) : ComfyMessage(Prompt);

    /// <summary>It has not started, and the prompts before it progress.</summary>
    public sealed record Waiting(string? Prompt) : ComfyMessage(Prompt);

    /// <summary>It has not started, because the server works on a prompt of another client.</summary>
    public sealed record Behind(string? Prompt) : ComfyMessage(Prompt);

    public sealed record Preview(string? Prompt, ReadOnlyMemory<byte> Jpeg) : ComfyMessage(Prompt);

    public sealed record Other(string? Prompt) : ComfyMessage(Prompt);

    /// <summary>Null if it is not one of these.</summary>
    public static ComfyMessage? OfText(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            return Reply.Read(() => Read(utf8));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ComfyMessage Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = PythonJson.Parse(utf8);
        var data = document.RootElement.GetProperty("data");
        var prompt = Text(data, "prompt_id");
        return Text(document.RootElement, "type") switch
        {
            "execution_cached" =>
                new Cached(prompt, [.. data.GetProperty("nodes").EnumerateArray().Select(node => node.ToString())]),
            "progress_state" => new State(prompt, [.. data.GetProperty("nodes").EnumerateObject().Select(NodeState.Of)]),
            "progress" => new Step(prompt, Text(data, "node") ?? "", Number(data, "value"), Number(data, "max")),
            "execution_success" or "execution_error" or "execution_interrupted" => new Ended(prompt),
            "executing" when data.GetProperty("node").ValueKind == JsonValueKind.Null => new Ended(prompt),
            _ => new Other(prompt),
        };
    }

    /// <summary>Big-endian: 1, format, image; or 4, length of JSON, JSON, image. Null if it is not a JPEG.</summary>
    public static ComfyMessage? OfBytes(ReadOnlyMemory<byte> message)
    {
        if (message.Length < 8) return null;
        var kind = BinaryPrimitives.ReadUInt32BigEndian(message.Span);
        var second = BinaryPrimitives.ReadUInt32BigEndian(message.Span[4..]);
        var image = message[8..];
        string? prompt = null;
        if (kind == 4)
        {
            if (second > image.Length) return null;
            try
            {
                var about = image[..(int)second];
                prompt = Reply.Read(() =>
                {
                    using var document = JsonDocument.Parse(about);
                    return Text(document.RootElement, "prompt_id");
                });
            }
            catch (JsonException)
            {
                return null;
            }
            image = image[(int)second..];
        }
        else if (kind != 1)
        {
            return null;
        }
        return image.Span.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? new Preview(prompt, image) : null;
    }

    internal static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? JobInput.TextOf(value)
            : null;

    internal static double Number(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;
}

internal sealed record NodeState(string Id, double Value, double Max, bool Finished)
{
    public static NodeState Of(JsonProperty node) => new(
        node.Name, ComfyMessage.Number(node.Value, "value"), ComfyMessage.Number(node.Value, "max"),
        ComfyMessage.Text(node.Value, "state") == "finished");
}
