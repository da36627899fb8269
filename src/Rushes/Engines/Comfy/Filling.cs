using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>
/// Fills a copy of a workflow's graph with a job's values. Text from clients only becomes values: node ids, input names and
/// file names are from the operator or created here. Everything that is not a plain string, number or boolean is left out,
/// because a list would be a link to another node.
/// </summary>
public static class Filling
{
    public const string Prefix = "prefix", HalfSteps = "half_steps";

    /// <param name="uploads">The server's names of the job's files, by field.</param>
    /// <param name="prefix">A name for the output that was never used before.</param>
    public static JsonObject Fill(Workflow workflow, EngineJob job, IReadOnlyDictionary<string, string> uploads, string prefix)
    {
        var rendered = RenderSize.Of(workflow, job);
        var times = workflow.Repeat?.Times(rendered.ExactFrames) ?? 1;
        var graph = Repeated(workflow, times);
        foreach (var (field, nodes) in workflow.Optional)
            if (!uploads.ContainsKey(field) && !job.Input.All.TryGetProperty(field, out _)) LeaveOut(graph, nodes);
        foreach (var fill in workflow.Fills)
        {
            var value = fill.Value == Prefix
                ? JsonValue.Create(prefix)
                : uploads.TryGetValue(fill.Value, out var file)
                ? JsonValue.Create(file)
                : Value(fill.Value, rendered, workflow, job);
            if (fill.Min is not null || fill.Max is not null) value = Bounded(value, fill);
            if (value is null) continue;
            // A part that was left out.
            if (workflow.Graph.ContainsKey(fill.Node) && !graph.ContainsKey(fill.Node)) continue;
            foreach (var number in fill.Node.Contains('#', StringComparison.Ordinal) ? Enumerable.Range(2, times - 1) : [0])
            {
                // The parts of a video share its seed but not their noise.
                var own = fill.Value == "seed" && number > 0 ? JsonValue.Create(job.Input.Seed + number - 1) : value.DeepClone();
                graph[Numbered(fill.Node, number)]!["inputs"]![fill.Input] = own;
            }
        }
        LoraNodes.Add(graph, workflow, job);
        return graph;
    }

    private static void LeaveOut(JsonObject graph, IReadOnlyList<string> nodes)
    {
        foreach (var node in nodes) graph.Remove(node);
        foreach (var (_, node) in graph)
        {
            var inputs = (JsonObject)node!["inputs"]!;
            foreach (var (input, value) in inputs.ToList())
                if (WorkflowLinks.NodeOf(value) is { } link && nodes.Contains(link)) inputs.Remove(input);
        }
    }

    private static JsonNode? Value(string name, RenderSize rendered, Workflow workflow, EngineJob job) => name switch
    {
        "width" => rendered.Width,
        "height" => rendered.Height,
        "frames" => rendered.Frames,
        "exact_frames" => rendered.ExactFrames,
        "rate" => rendered.Rate,
        "seconds" => rendered.ExactFrames / rendered.Rate,
        "added_frames" => rendered.AddedFrames,
        "shorter_side" => Math.Min(job.Plan.Delivery.Width, job.Plan.Delivery.Height),
        "delivered_width" => job.Plan.Delivery.Width,
        "delivered_height" => job.Plan.Delivery.Height,
        "prompt" => PromptText.Of(job.Input, workflow.Append),
        HalfSteps => job.Input.Number(EngineFields.Steps) is { } steps ? Math.Ceiling(steps / 2) : null,
        "seed" => Math.Max(0, job.Input.Seed),
        _ when job.Input.Text(name) is { } text =>
            BlankText.Is(text) || name.EndsWith("_uri", StringComparison.Ordinal) ? null : JsonValue.Create(text),
        _ when job.Input.All.TryGetProperty(name, out var value)
            && value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False =>
            JsonNode.Parse(value.GetRawText()),
        _ => null,
    };

    /// <summary>Null: ranges apply only to numbers, and a field without validation may contain anything.</summary>
    private static JsonNode? Bounded(JsonNode? value, Fill fill)
    {
        if (value?.GetValueKind() != JsonValueKind.Number) return null;
        var number = double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
        var held = Math.Clamp(number, fill.Min ?? double.MinValue, fill.Max ?? double.MaxValue);
        return held == number ? value : double.IsInteger(held) ? JsonValue.Create((long)held) : JsonValue.Create(held);
    }

    /// <summary>The graph with all further parts in it, without <c>@</c> and <c>#</c>.</summary>
    private static JsonObject Repeated(Workflow workflow, int times)
    {
        var graph = (JsonObject)workflow.Graph.DeepClone();
        if (workflow.Repeat is not { } repeat) return graph;
        for (var number = 2; number <= times; number++)
        {
            var before = number == 2 ? repeat.Start : Numbered(repeat.End, number - 1);
            foreach (var (id, node) in repeat.Nodes)
            {
                var copy = (JsonObject)node!.DeepClone();
                Relink(copy, link => link == "@before" ? before : Numbered(link, number));
                graph[Numbered(id, number)] = copy;
            }
        }
        var last = times == 1 ? repeat.Start : Numbered(repeat.End, times);
        foreach (var (_, node) in graph) Relink((JsonObject)node!, link => link == "@last" ? last : link);
        return graph;
    }

    private static void Relink(JsonObject node, Func<string, string> to)
    {
        foreach (var (_, input) in (JsonObject)node["inputs"]!)
            if (WorkflowLinks.NodeOf(input) is { } from) input![0] = to(from);
    }

    private static string Numbered(string id, int number) =>
        id.Replace("#", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
