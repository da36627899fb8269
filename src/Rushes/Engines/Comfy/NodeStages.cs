using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>A prompt's stages: the nodes that run one after the other, by their class.</summary>
internal sealed class NodeStages(JsonObject graph)
{
    private const string Behind = "waiting for another client's prompt";

    private string? node;

    /// <summary>The stage of a prompt that waits for one of another client; null when that is still so.</summary>
    public string? Wait()
    {
        if (node == Behind) return null;
        return node = Behind;
    }

    /// <summary>The stage that begins with this message; null when it is still the same, or none is named.</summary>
    public string? Take(ComfyMessage message)
    {
        var now = message switch
        {
            // Every node that has begun, in that order.
            ComfyMessage.State state => state.Nodes.LastOrDefault(node => !node.Finished)?.Id,
            ComfyMessage.Step step => step.Node,
            _ => null,
        };
        if (now is null || now == node || graph[now]?["class_type"] is not JsonValue name) return null;
        node = now;
        return name.GetValue<string>();
    }
}
