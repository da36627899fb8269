using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>Checks that links between the nodes of a workflow lead to nodes that exist.</summary>
internal static class WorkflowLinks
{
    /// <summary>The first link that leads nowhere, as a clause; null if there is none.</summary>
    public static string? Wrong(Workflow workflow)
    {
        var nodes = workflow.Graph.Concat(workflow.Repeat?.Nodes ?? []).ToDictionary(node => node.Key, node => node.Value!);
        foreach (var (id, input, target, _) in Of(nodes))
            if (!nodes.ContainsKey(target))
                return $"node \"{id}\": {input} is linked to the node \"{target}\", which does not exist"
                    + DidYouMean.For(target, nodes.Keys);
        return null;
    }

    /// <summary>The links between nodes: an input of a node, and the output of the node that it gets its value from.</summary>
    public static IEnumerable<(string Node, string Input, string From, int Output)> Of(
        IReadOnlyDictionary<string, JsonNode> nodes) =>
        from node in nodes
        from input in node.Value["inputs"]!.AsObject()
        let source = NodeOf(input.Value)
        where source is not null && !source.StartsWith('@') && input.Value![1]?.GetValueKind() == JsonValueKind.Number
        select (node.Key, input.Key, source, input.Value![1]!.GetValue<int>());

    /// <summary>The node that an input is linked to; null if it has a value.</summary>
    public static string? NodeOf(JsonNode? input) =>
        input is JsonArray { Count: 2 } link && link[0]?.GetValueKind() == JsonValueKind.String
            ? link[0]!.GetValue<string>()
            : null;
}
