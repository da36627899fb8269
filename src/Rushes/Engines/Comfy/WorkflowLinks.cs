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
        foreach (var (id, node) in nodes)
            foreach (var (input, value) in node["inputs"]!.AsObject())
                if (TargetOf(value) is { } target && !target.StartsWith('@') && !nodes.ContainsKey(target))
                    return $"node \"{id}\": {input} is linked to the node \"{target}\", which does not exist"
                        + DidYouMean.For(target, nodes.Keys);
        return null;
    }

    /// <summary>The node that a link leads to; null for any other value.</summary>
    private static string? TargetOf(JsonNode? value) =>
        value is JsonArray { Count: 2 } link && link[0]?.GetValueKind() == JsonValueKind.String
            && link[1]?.GetValueKind() == JsonValueKind.Number
            ? link[0]!.GetValue<string>()
            : null;
}
