using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>A workflow file is invalid; the message has the file and the reason.</summary>
public sealed class WorkflowException(string message) : Exception(message);

/// <summary>
/// Reads the built-in workflows and extends them with the operator's folder: a file with the same name replaces one.
/// </summary>
public static class WorkflowReader
{
    private const string BuiltIn = "comfy.";

    private static readonly JsonDocumentOptions Lenient = new()
    {
        CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true,
    };

    private static readonly HashSet<string> Known =
        ["about", "like", "serves", "when", "fill", "set", "output", "repeat", "graph", "sideStep",
            "frameStep", "rate", "append", "loraAfter",
            "tried", "files", "optional"];

    /// <param name="folder">The operator's folder; null for the built-in workflows only.</param>
    /// <param name="served">Families and models that workflows may serve; null: not checked.</param>
    /// <exception cref="WorkflowException">File and reason.</exception>
    public static WorkflowSet Read(string? folder = null, IReadOnlyCollection<string>? served = null)
    {
        var files = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        var assembly = typeof(WorkflowReader).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(BuiltIn, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            files[resource[BuiltIn.Length..]] = Parse(
                resource[BuiltIn.Length..], () => JsonNode.Parse(stream, documentOptions: Lenient));
        }
        if (folder is not null)
        {
            if (!Directory.Exists(folder)) throw new WorkflowException($"ComfyWorkflows: there is no folder \"{folder}\"");
            foreach (var path in Directory.EnumerateFiles(folder, "*.json"))
                files[Path.GetFileNameWithoutExtension(path)] = Parse(
                    path, () => JsonNode.Parse(File.ReadAllBytes(path), documentOptions: Lenient));
        }
        var workflows = files.Keys.Select(name => Build(name, Inherit(name, files, []))).ToList();
        if (served is not null)
            foreach (var workflow in workflows)
                if (workflow.Serves.FirstOrDefault(name => !served.Contains(name)) is { } unknown)
                    throw new WorkflowException(
                        $"{workflow.Name}: serves: the catalog has no family or model "
                            + $"\"{unknown}\"{DidYouMean.For(unknown, served)}");
        return new WorkflowSet(workflows);
    }

    private static JsonObject Parse(string name, Func<JsonNode?> read)
    {
        try
        {
            return read() as JsonObject ?? throw new WorkflowException($"{name}: a workflow is an object");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new WorkflowException($"{name}: {error.Message}");
        }
    }

    /// <summary>A file that is <c>like</c> another inherits the missing parts from it, but not its conditions.</summary>
    private static JsonObject Inherit(string name, SortedDictionary<string, JsonObject> files, HashSet<string> seen)
    {
        var file = files[name];
        foreach (var (part, _) in file)
            if (!Known.Contains(part))
                throw new WorkflowException(
                    $"{name}: there is no \"{part}\" in a workflow; known are {string.Join(", ", Known)}");
        if (file["like"] is not { } like)
            return file["set"] is null
                ? file
                : throw new WorkflowException($"{name}: \"set\" changes what another workflow has; name it as \"like\"");
        var below = Text(name, "like", like);
        if (!seen.Add(name)) throw new WorkflowException($"{name}: workflows are like one another in a circle");
        if (!files.ContainsKey(below)) throw new WorkflowException($"{name}: there is no workflow \"{below}\" to be like");

        var whole = (JsonObject)Inherit(below, files, seen).DeepClone();
        whole.Remove("when");
        // It names nodes of the graph.
        if (file.ContainsKey("graph"))
            foreach (var part in (string[])["loraAfter", "files", "tried", "optional"]) whole.Remove(part);
        foreach (var (part, value) in file)
            if (part != "set") whole[part] = value?.DeepClone();
        foreach (var (target, value) in file["set"] as JsonObject ?? [])
        {
            var (node, input) = Target(name, target);
            if ((whole["graph"] as JsonObject)?[node]?["inputs"] is not JsonObject inputs)
                throw new WorkflowException($"{name}: set: there is no node \"{node}\"");
            inputs[input] = value?.DeepClone();
        }
        return whole;
    }

    private static Workflow Build(string name, JsonObject file)
    {
        try
        {
            return Checked(new Workflow
            {
                Name = name,
                Serves = [.. Array(name, file, "serves").Select(served => Text(name, "serves", served))],
                When = (file["when"] as JsonObject ?? []).ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<bool>()),
                Fills = [.. Part(name, file, "fill").SelectMany(pair => Fills(name, pair.Key, pair.Value))],
                Append = (file["append"] as JsonObject ?? []).ToDictionary(
                    pair => pair.Key, pair => Text(name, $"append.{pair.Key}", pair.Value)),
                Output = Text(name, "output", file["output"]),
                Tried = file["tried"] is { } tried ? Text(name, "tried", tried) : null,
                Files = (file["files"] as JsonObject ?? []).ToDictionary(
                    pair => pair.Key,
                    pair => new ModelFile(
                        Text(name, $"files.{pair.Key}.size", pair.Value?["size"]),
                        Text(name, $"files.{pair.Key}.licence", pair.Value?["licence"]),
                        Text(name, $"files.{pair.Key}.source", pair.Value?["source"]))),
                Graph = Part(name, file, "graph"),
                Repeat = file["repeat"] is JsonObject repeat
                    ? new Repeat(Text(name, "repeat.start", repeat["start"]), Text(name, "repeat.end", repeat["end"]),
                        repeat["framesEach"]!.GetValue<int>(), repeat["framesLost"]?.GetValue<int>() ?? 0,
                        Part(name, repeat, "nodes"))
                    : null,
                SideStep = file["sideStep"]?.GetValue<int>(),
                FrameStep = file["frameStep"]?.GetValue<int>(),
                LoraAfter = [.. (file["loraAfter"] as JsonArray ?? []).Select(node => Text(name, "loraAfter", node))],
                Optional = (file["optional"] as JsonObject ?? []).ToDictionary(
                    pair => pair.Key,
                    pair => (IReadOnlyList<string>)[.. Array(name, (JsonObject)file["optional"]!, pair.Key).Select(
                        node => Text(name, $"optional.{pair.Key}", node))]),
                Rate = file["rate"]?.GetValue<double>(),
            });
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new WorkflowException($"{name}: a value is not of its kind: {error.Message}");
        }
    }

    private static Workflow Checked(Workflow workflow)
    {
        WorkflowException Wrong(string reason) => new($"{workflow.Name}: {reason}");
        foreach (var (id, node) in workflow.Graph.Concat(workflow.Repeat?.Nodes ?? []))
            if (node is not JsonObject || node["class_type"]?.GetValueKind() != JsonValueKind.String
                || node["inputs"] is not JsonObject)
                throw Wrong($"node \"{id}\" has no class_type and inputs; save the workflow in ComfyUI as API format");
        if (WorkflowLinks.Wrong(workflow) is { } wrong) throw Wrong(wrong);
        if (!workflow.Graph.ContainsKey(workflow.Output)) throw Wrong($"output: there is no node \"{workflow.Output}\"");
        foreach (var fill in workflow.Fills)
            if (!(fill.Node.Contains('#', StringComparison.Ordinal)
                ? workflow.Repeat?.Nodes.ContainsKey(fill.Node) == true : workflow.Graph.ContainsKey(fill.Node)))
                throw Wrong($"fill {fill.Value}: there is no node \"{fill.Node}\"");
        // ComfyUI does not run a graph again and returns the old file; only a new name makes a new file.
        if (workflow.Fills.All(fill => fill.Value != Filling.Prefix))
            throw Wrong($"fill: \"{Filling.Prefix}\" must go to the output's filename_prefix");
        if (workflow.LoraAfter.FirstOrDefault(node => !workflow.Graph.ContainsKey(node)) is { } unknown)
            throw Wrong($"loraAfter: there is no node \"{unknown}\"");
        foreach (var (field, nodes) in workflow.Optional)
            if (nodes.FirstOrDefault(node => !workflow.Graph.ContainsKey(node) || node == workflow.Output) is { } needed)
                throw Wrong($"optional {field}: there is no node \"{needed}\" that can be left out");
        if (workflow.SideStep < 1 || workflow.FrameStep < 1 || workflow.Repeat is { FramesEach: < 1 })
            throw Wrong("steps must be 1 or more");
        return workflow;
    }

    /// <summary>
    /// A target is <c>node.input</c>, several of them, or an object with <c>to</c>, <c>min</c> and <c>max</c>.
    /// </summary>
    private static IEnumerable<Fill> Fills(string name, string value, JsonNode? targets)
    {
        foreach (var target in targets as JsonArray ?? [targets?.DeepClone()])
        {
            var bounded = target as JsonObject;
            var (node, input) = Target(name, Text(name, $"fill.{value}", bounded is null ? target : bounded["to"]));
            yield return new Fill(value, node, input, bounded?["min"]?.GetValue<double>(), bounded?["max"]?.GetValue<double>());
        }
    }

    private static (string Node, string Input) Target(string name, string target)
    {
        var dot = target.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && dot < target.Length - 1
            ? (target[..dot], target[(dot + 1)..])
            : throw new WorkflowException($"{name}: \"{target}\" is not a node and its input, such as save.filename_prefix");
    }

    private static string Text(string name, string part, JsonNode? node) => node?.GetValueKind() == JsonValueKind.String
        ? node.GetValue<string>()
        : throw new WorkflowException($"{name}: {part} is missing or no string");

    private static JsonArray Array(string name, JsonObject file, string part) =>
        file[part] as JsonArray ?? throw new WorkflowException($"{name}: {part} is missing or no list");

    private static JsonObject Part(string name, JsonObject file, string part) =>
        file[part] as JsonObject ?? throw new WorkflowException($"{name}: {part} is missing or no object");
}
