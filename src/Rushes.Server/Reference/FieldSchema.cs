using System.Text.Json.Nodes;
using Rushes.Catalog;

namespace Rushes.Server.Reference;

/// <summary>
/// The catalog's fields as a JSON schema. Additional fields are allowed, because they are passed to the engine.
/// </summary>
internal static class FieldSchema
{
    public static JsonObject Of(
        IEnumerable<Parameter> parameters) => Of([.. parameters.Select(field => (field.Name, Of(field), field.Required)),
        ("draft", new JsonObject
        {
            ["enum"] = new JsonArray(false, true, "approve", null),
            ["default"] = false,
            ["description"] = "Makes a draft first; with approve, the job is queued only after the draft is approved.",
        }, false)]);

    public static JsonObject Of(params IReadOnlyList<(string Name, JsonObject Schema, bool Required)> fields)
    {
        var schema = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(fields.Select(field => KeyValuePair.Create(field.Name, (JsonNode?)field.Schema))),
        };
        var required = fields.Where(field => field.Required).Select(field => (JsonNode)field.Name).ToArray();
        if (required.Length > 0) schema["required"] = new JsonArray(required);
        return schema;
    }

    /// <summary>The schema with a name, which tells it from others that a body can have.</summary>
    public static JsonObject Titled(string title, JsonObject schema)
    {
        schema.Insert(0, "title", title);
        return schema;
    }

    /// <summary>A file of a form.</summary>
    public static JsonObject File(string meaning) =>
        new() { ["type"] = "string", ["contentMediaType"] = "application/octet-stream", ["description"] = meaning };

    public static JsonObject Text(string meaning) => new() { ["type"] = "string", ["description"] = meaning };

    private static JsonObject Of(Parameter field)
    {
        string[] types = field.Type switch
        {
            ParameterType.String or ParameterType.Media => ["string"],
            ParameterType.Resolution => ["integer", "string"],
            var type => [type.ToString().ToLowerInvariant()],
        };
        // Null means absent.
        if (!field.Required) types = [.. types, "null"];
        var schema = new JsonObject
        {
            ["type"] = types is [var only] ? only : new JsonArray([.. types.Select(type => (JsonNode)type)]),
        };
        if (field.Options is { } options)
            schema["enum"] = new JsonArray(
                [.. options.Select(option => (JsonNode?)option), .. field.Required ? [] : new JsonNode?[] { null }]);
        if (field.Min is { } min) schema["minimum"] = min;
        if (field.Max is { } max) schema["maximum"] = max;
        // Steps count from the minimum, whereas multipleOf counts from zero and uses binary fractions.
        if (field.Step is { } step && double.IsInteger(step) && (field.Min ?? 0) % step == 0) schema["multipleOf"] = step;
        if (field.MaxLength is { } longest) schema["maxLength"] = longest;
        if (field.Required) schema["minLength"] = 1;
        if (field.Default is { } value) schema["default"] = JsonNode.Parse(value.GetRawText());
        if (Meaning(field) is { Length: > 0 } meaning) schema["description"] = meaning;
        return schema;
    }

    private static string Meaning(Parameter field) => field.Media.Count == 0
        ? field.Help ?? ""
        : $"{field.Help} Send {string.Join(" or ", field.Media.Select(NameOf))} as base64, a data URI or a URL.".TrimStart();

    private static string NameOf(MediaKind kind) => kind switch
    {
        MediaKind.Picture => "an image",
        MediaKind.Sound => "audio",
        _ => "a clip",
    };
}
