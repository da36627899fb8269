using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>The stages of a prompt: the classes of the nodes that run one after the other.</summary>
internal sealed class NodeStages(JsonObject graph)
{
    private const string Behind = "waiting for another client's prompt";

    private string? node;

    /// <summary>The stage of a prompt that waits for another client's; null if it has not changed.</summary>
    public string? Wait()
    {
        if (node == Behind) return null;
        return node = Behind;
    }

    /// <summary>The stage that starts with this message; null if it has not changed, or the message has none.</summary>
    public string? Take(ComfyMessage message)
    {
        var now = message switch
        {
            // All nodes that have started, in that order.
            ComfyMessage.State state => state.Nodes.LastOrDefault(node => !node.Finished)?.Id,
            ComfyMessage.Step step => step.Node,
            _ => null,
        };
        if (now is null || now == node || graph[now]?["class_type"] is not JsonValue name) return null;
        node = now;
        return name.GetValue<string>();
    }
}
