using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>Compares the inputs that a workflow sets with those that a server's node has.</summary>
internal static class NodeInputs
{
    /// <summary>Groups of <c>/object_info</c> that a workflow can set.</summary>
    private static readonly string[] Groups = ["required", "optional"];

    /// <summary>
    /// Inputs that do not exist and required ones that are missing. Some nodes have inputs that they do not list, so an input
    /// in the graph, which ComfyUI exported, is a mistake only if its name is close to one that exists; a target of
    /// <c>fill</c> that is not in the graph always is.
    /// </summary>
    /// <param name="installed">The node as <c>/object_info</c> describes it.</param>
    /// <param name="set">The inputs in the graph.</param>
    /// <param name="filled">Inputs that a job's values are written to.</param>
    public static IEnumerable<string> Mistakes(JsonElement installed, JsonObject set, IReadOnlyCollection<string> filled)
    {
        var known = Names(installed, Groups).ToList();
        if (known.Count == 0) return [];
        var all = set.Select(input => input.Key).Union(filled).ToList();
        var mistakes = new List<string>();
        foreach (var input in all.Where(input => !known.Any(name => IsPart(input, name))))
            if (DidYouMean.Nearest(input, known, maxEdits: Math.Max(1, input.Length / 3)) is { } near)
            {
                // Of a series such as image1, image2 a node may list only the first ones.
                if (WithoutDigits(near) != WithoutDigits(input)) mistakes.Add($"has no input {input} (did you mean {near}?)");
            }
            else if (!set.ContainsKey(input))
            {
                mistakes.Add($"has no input {input}; it has {string.Join(", ", known)}");
            }
        return mistakes.Concat(
            from name in Names(installed, ["required"])
            where !all.Any(input => IsPart(input, name))
            select $"needs the input {name}");
    }

    /// <summary>How many outputs a node has; null if the server does not say.</summary>
    public static int? Outputs(JsonElement installed) =>
        installed.TryGetProperty("output", out var outputs) && outputs.ValueKind == JsonValueKind.Array
            ? outputs.GetArrayLength()
            : null;

    /// <summary>Whether an input is the one with this name, or one of several that it consists of: <c>format.codec</c>.</summary>
    private static bool IsPart(string input, string name) =>
        input == name || input.StartsWith(name + ".", StringComparison.Ordinal);

    private static string WithoutDigits(string name) => string.Concat(name.Where(letter => !char.IsDigit(letter)));

    private static IEnumerable<string> Names(JsonElement installed, IEnumerable<string> groups) =>
        installed.TryGetProperty("input", out var input)
            ? groups.SelectMany(group => input.TryGetProperty(group, out var inputs) && inputs.ValueKind == JsonValueKind.Object
                ? inputs.EnumerateObject().Select(each => each.Name)
                : [])
            : [];
}
