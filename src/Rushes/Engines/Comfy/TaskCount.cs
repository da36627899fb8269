using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>
/// Counts a prompt's tasks: one for each node that its output needs, and one for each step of a sampler, because samplers
/// take almost all of the time. Never decreases, even if the prompt is sent again.
/// </summary>
internal sealed class TaskCount
{
    private readonly Dictionary<string, int> tasks = [];
    private readonly Dictionary<string, int> done = [];

    public TaskCount(JsonObject graph, string output)
    {
        Visit(graph, output);
        Total = tasks.Values.Sum();
    }

    public int Total { get; }

    public int Done { get; private set; }

    /// <summary>Whether the message increased the count.</summary>
    public bool Take(ComfyMessage message)
    {
        switch (message)
        {
            case ComfyMessage.Cached cached:
                foreach (var node in cached.Nodes) Reach(node, 1);
                break;
            case ComfyMessage.State state:
                foreach (var node in state.Nodes)
                    Reach(node.Id, node.Finished ? 1 : node.Max > 0 ? Math.Min(node.Value / node.Max, 0.999) : 0);
                break;
            case ComfyMessage.Step step:
                Reach(step.Node, step.Max > 0 ? Math.Min(step.Value / step.Max, 0.999) : 0);
                break;
        }
        var sum = done.Values.Sum();
        if (sum <= Done) return false;
        Done = sum;
        return true;
    }

    private void Reach(string node, double share)
    {
        if (!tasks.TryGetValue(node, out var all)) return;
        done[node] = Math.Max(done.GetValueOrDefault(node), (int)Math.Floor(share * all + 1e-9));
    }

    private void Visit(JsonObject graph, string id)
    {
        if (tasks.ContainsKey(id) || graph[id]?["inputs"] is not JsonObject inputs) return;
        tasks[id] = Steps(inputs);
        foreach (var (_, input) in inputs)
            if (WorkflowLinks.NodeOf(input) is { } from) Visit(graph, from);
    }

    /// <summary>The steps that a sampler runs of those it plans; 1 for other nodes.</summary>
    private static int Steps(JsonObject inputs)
    {
        if (Whole(inputs, "steps") is not { } steps) return 1;
        return Math.Max(1, Math.Min(steps, Whole(inputs, "end_at_step") ?? steps) - (Whole(inputs, "start_at_step") ?? 0));
    }

    private static int? Whole(JsonObject inputs, string name) =>
        inputs[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out int number)
            ? number
            : null;
}
