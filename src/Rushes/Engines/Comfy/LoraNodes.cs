using System.Text.Json.Nodes;
using Rushes.Catalog;

namespace Rushes.Engines.Comfy;

/// <summary>
/// Inserts the LoRA of a request into a graph: a loader after each node that loads a part of the model. The file names come from
/// the operator's catalog.
/// </summary>
internal static class LoraNodes
{
    public const string Class = "LoraLoaderModelOnly", FileInput = "lora_name";

    public static void Add(JsonObject graph, Workflow workflow, EngineJob job)
    {
        if (job.Lora is not { } lora) return;
        var strength = Math.Clamp(
            job.Input.Number(Lora.StrengthField) ?? lora.DefaultStrength, lora.MinStrength, lora.MaxStrength);
        foreach (var (part, node) in workflow.LoraAfter.Index())
        {
            var id = $"lora_of_{node}";
            foreach (var (_, other) in graph) Relink((JsonObject)other!["inputs"]!, node, id);
            graph[id] = new JsonObject
            {
                ["class_type"] = Class,
                ["inputs"] = new JsonObject
                {
                    ["model"] = new JsonArray(node, 0), [FileInput] = lora.FileOf(part), ["strength_model"] = strength,
                },
            };
        }
    }

    /// <summary>Only output 0 is the model; a checkpoint loader has others.</summary>
    private static void Relink(JsonObject inputs, string from, string to)
    {
        foreach (var (_, input) in inputs)
            if (WorkflowLinks.NodeOf(input) == from && input![1]!.GetValue<int>() == 0) input[0] = to;
    }
}
