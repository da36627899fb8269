using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>A prompt's stages: the nodes that run one after the other, by their class.</summary>
internal sealed class NodeStages(JsonObject graph)
{
    private string? node;

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
