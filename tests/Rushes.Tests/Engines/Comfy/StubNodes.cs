using System.Text.Json.Nodes;
using Rushes.Engines.Comfy;

namespace Rushes.Tests.Engines.Comfy;

/// <summary>
/// Nodes as <c>/object_info</c> describes them: those of the shipped workflows, choosing from the files that those name.
/// </summary>
internal static class StubNodes
{
    private static readonly ILookup<string, JsonObject> Known = WorkflowReader.Read().All
        .SelectMany(workflow => workflow.Graph.Concat(workflow.Repeat?.Nodes ?? []))
        .ToLookup(node => (string)node.Value!["class_type"]!, node => node.Value!["inputs"]!.AsObject());

    /// <summary>Of the canary and of recordings.</summary>
    private static readonly string[] Others = ["EmptyImage", "ImageBlur", "PreviewImage", "VHS_VideoCombine", "RepeatImageBatch",
        "FrameInterpolate", "FrameInterpolationModelLoader"];

    public static JsonObject Describe(string type, HashSet<string> missing)
    {
        if (missing.Contains(type)) return [];
        if (Others.Contains(type)) return new JsonObject { [type] = new JsonObject { ["input"] = new JsonObject() } };
        if (!Known.Contains(type)) return [];
        var inputs = new JsonObject();
        foreach (var group in Known[type].SelectMany(node => node).Where(input => input.Value is JsonValue)
            .GroupBy(input => input.Key))
        {
            var values = group.Select(input => input.Value!.ToString())
                .Where(value => value.EndsWith(".safetensors", StringComparison.Ordinal))
                .Distinct()
                .ToList();
            if (values.Count == 0) continue;
            JsonArray options = [.. values.Where(value => !missing.Contains(value)).Select(value => (JsonNode)value)];
            // Both ways in which servers describe a choice.
            inputs[group.Key] = type.StartsWith("Audio", StringComparison.Ordinal)
                ? new JsonArray("COMBO", new JsonObject { ["multiselect"] = false, ["options"] = options })
                : new JsonArray(options, new JsonObject());
        }
        return new JsonObject { [type] = new JsonObject { ["input"] = new JsonObject { ["required"] = inputs } } };
    }
}
