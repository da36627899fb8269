using System.Text.Json.Nodes;

namespace Rushes.Server.Reference;

/// <summary>The smallest body that a schema accepts: the required fields, with values that make sense.</summary>
internal static class BodyExample
{
    /// <summary>Words in a field's name or meaning, and the file that its example links to.</summary>
    private static readonly (string Word, string File)[] Files =
        [("clip", "clip.mp4"), ("video", "clip.mp4"), ("audio", "voice.mp3"), ("", "portrait.jpg")];

    public static JsonNode? Of(JsonObject schema, string name = "")
    {
        if (schema["examples"] is JsonArray { Count: > 0 } examples) return examples[0]!.DeepClone();
        if (schema["const"] is { } only) return only.DeepClone();
        if (schema["enum"] is JsonArray options) return options[0]?.DeepClone();
        if (schema["anyOf"] is JsonArray { Count: > 0 } any) return Of(any[0]!.AsObject(), name);
        if (schema["properties"] is JsonObject properties) return Required(schema, properties);
        return TypeOf(schema) switch
        {
            "array" => schema["items"] is JsonObject item ? new JsonArray(Of(item, name)) : [],
            "boolean" => schema["default"]?.DeepClone() ?? false,
            "integer" or "number" => (schema["default"] ?? schema["minimum"])?.DeepClone() ?? 1,
            _ => Text(schema, name),
        };
    }

    private static JsonObject Required(JsonObject schema, JsonObject properties)
    {
        var names = schema["required"] is JsonArray required ? required.Select(each => (string)each!).ToHashSet() : [];
        return new JsonObject(
            properties.Where(property => names.Contains(property.Key) || IsShown(property.Key))
                .Select(property => KeyValuePair.Create(property.Key, Of(property.Value!.AsObject(), property.Key))));

        // The prompt, and a model that the schema names, are in an example even where they may be left out.
        bool IsShown(string name) => name == "prompt" || properties[name]!["examples"] is not null
            || (name == "model" && ModelIn((string?)properties[name]!["description"]) is not null);
    }

    /// <summary>The model in "wan22-fast-t2v, or a name that the operator has given it."; null if there is none.</summary>
    private static string? ModelIn(string? meaning) =>
        meaning?.IndexOf(", or a name", StringComparison.Ordinal) is > 0 and var end ? meaning[..end] : null;

    private static string? TypeOf(JsonObject schema) => schema["type"] switch
    {
        JsonArray types => (string?)types[0],
        { } type => (string?)type,
        _ => null,
    };

    private static string Text(JsonObject schema, string name)
    {
        var meaning = (string?)schema["description"] ?? "";
        if (name == "prompt") return "A fox walks through tall grass";
        if (name == "model" && ModelIn(meaning) is { } model) return model;
        if (!meaning.Contains("URL", StringComparison.Ordinal)) return (string?)schema["default"] ?? "text";
        var file = Files.First(each => name.Contains(each.Word, StringComparison.OrdinalIgnoreCase)
            || meaning.Contains($"Send {(each.Word == "clip" ? "a clip" : each.Word)}", StringComparison.Ordinal)).File;
        return $"https://example.com/{file}";
    }
}
