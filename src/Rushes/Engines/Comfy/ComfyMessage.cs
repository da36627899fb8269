using System.Buffers.Binary;
using System.Text.Json;

namespace Rushes.Engines.Comfy;

/// <summary>What a server tells on its socket, as far as anyone here listens.</summary>
/// <param name="Prompt">Whom it is about; null when it does not say.</param>
internal abstract record ComfyMessage(string? Prompt)
{
    /// <summary>Nodes whose results were still there.</summary>
    public sealed record Cached(string? Prompt, IReadOnlyList<string> Nodes) : ComfyMessage(Prompt);

    /// <summary>Every node that has begun.</summary>
    public sealed record State(string? Prompt, IReadOnlyList<NodeState> Nodes) : ComfyMessage(Prompt);

    public sealed record Step(string? Prompt, string Node, double Value, double Max) : ComfyMessage(Prompt);

    /// <summary>It may have ended: only history tells.</summary>
    public sealed record Ended(string? Prompt) : ComfyMessage(Prompt);

    /// <summary>It has not begun, and what is before it goes on.</summary>
    public sealed record Waiting(string? Prompt) : ComfyMessage(Prompt);

    /// <summary>It has not begun, because the server works on a prompt of another client.</summary>
    public sealed record Behind(string? Prompt) : ComfyMessage(Prompt);

    public sealed record Preview(string? Prompt, ReadOnlyMemory<byte> Jpeg) : ComfyMessage(Prompt);

    public sealed record Other(string? Prompt) : ComfyMessage(Prompt);

    /// <summary>Null: not understood.</summary>
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

    /// <summary>Big-endian: 1, format, picture; or 4, length of JSON, JSON, picture. Null: no JPEG.</summary>
    public static ComfyMessage? OfBytes(ReadOnlyMemory<byte> message)
    {
        if (message.Length < 8) return null;
        var kind = BinaryPrimitives.ReadUInt32BigEndian(message.Span);
        var second = BinaryPrimitives.ReadUInt32BigEndian(message.Span[4..]);
        var picture = message[8..];
        string? prompt = null;
        if (kind == 4)
        {
            if (second > picture.Length) return null;
            try
            {
                var about = picture[..(int)second];
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
            picture = picture[(int)second..];
        }
        else if (kind != 1)
        {
            return null;
        }
        return picture.Span.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? new Preview(prompt, picture) : null;
    }

    internal static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
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
