using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rushes.Engines.Comfy;

/// <summary>
/// How a server spells file names that a workflow writes with the other slash: servers on Windows list
/// <c>wan\model.safetensors</c> and accept nothing else.
/// </summary>
internal sealed class Spellings
{
    private readonly Dictionary<(string Type, string Input, string Value), string> known = [];

    /// <summary>Whether a value is one of a server's choices, in either spelling.</summary>
    public bool Find(string type, string input, string value, IReadOnlyCollection<string> choices)
    {
        if (choices.Contains(value)) return true;
        if (choices.FirstOrDefault(choice => Plain(choice) == Plain(value)) is not { } spelled) return false;
        known[(type, input, value)] = spelled;
        return true;
    }

    /// <summary>Replaces the names in a graph with the server's.</summary>
    public void Apply(JsonObject graph)
    {
        if (known.Count == 0) return;
        foreach (var (_, node) in graph)
            foreach (var (input, value) in node!["inputs"]!.AsObject().ToList())
            {
                if (value?.GetValueKind() != JsonValueKind.String) continue;
                var key = (node["class_type"]!.GetValue<string>(), input, value.GetValue<string>());
                if (known.TryGetValue(key, out var spelled)) node["inputs"]![input] = spelled;
            }
    }

    private static string Plain(string name) => name.Replace('\\', '/');
}
