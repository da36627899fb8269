using System.Text.Json;

namespace Rushes.Tests.Reference;

/// <summary>Validates JSON against the part of JSON Schema that our documents use; unknown keywords fail.</summary>
/// <param name="root">The document, which references lead into.</param>
/// <param name="closed">Whether a field that the schema does not name is a difference.</param>
internal sealed class SchemaCheck(JsonElement root, bool closed)
{
    /// <summary>Null if it is valid; otherwise where and how it differs.</summary>
    public string? Differs(JsonElement schema, JsonElement value, string at = "$")
    {
        if (schema.ValueKind == JsonValueKind.True) return null;
        foreach (var keyword in schema.EnumerateObject())
            if (Differs(keyword, schema, value, at) is { } difference) return difference;
        return closed && value.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var known)
            && value.EnumerateObject().FirstOrDefault(
                field => !known.TryGetProperty(field.Name, out _)) is { Value.ValueKind: not JsonValueKind.Undefined } extra
            ? $"{at}.{extra.Name} is not in the schema"
            : null;
    }

    private string? Differs(JsonProperty keyword, JsonElement schema, JsonElement value, string at)
    {
        var said = keyword.Value;
        return keyword.Name switch
        {
            "title" or "description" or "default" or "examples" or "format" => null,
            "$ref" => Differs(Follow(said.GetString()!), value, at),
            "anyOf" => AnyOf(said, value, at),
            "type" => IsType(said, value) ? null : $"{at}: {value.ValueKind} is not {said}",
            "const" => JsonElement.DeepEquals(said, value) ? null : $"{at}: {value} is not {said}",
            "enum" =>
                said.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)) ? null : $"{at}: {value} is none of {said}",
            "minimum" =>
                value.ValueKind != JsonValueKind.Number || value.GetDouble() >= said.GetDouble()
                    ? null
                    : $"{at}: {value} is below {said}",
            "maximum" =>
                value.ValueKind != JsonValueKind.Number || value.GetDouble() <= said.GetDouble()
                    ? null
                    : $"{at}: {value} is above {said}",
            "multipleOf" =>
                value.ValueKind != JsonValueKind.Number || value.GetDouble() % said.GetDouble() == 0
                    ? null
                    : $"{at}: {value} is no multiple of {said}",
            "minLength" =>
                value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= said.GetInt32()
                    ? null
                    : $"{at} is too short",
            "maxLength" =>
                value.ValueKind != JsonValueKind.String || value.GetString()!.EnumerateRunes().Count() <= said.GetInt32()
                    ? null
                    : $"{at} is too long",
            "required" =>
                said.EnumerateArray()
                    .Select(name => name.GetString()!)
                    .FirstOrDefault(name => value.ValueKind == JsonValueKind.Object && !value.TryGetProperty(name, out _))
                is { } missing ? $"{at}.{missing} is missing" : null,
            "properties" => value.ValueKind != JsonValueKind.Object ? null : said.EnumerateObject()
                .Select(
                    field => value.TryGetProperty(field.Name, out var inner) ? Differs(
                        field.Value, inner, $"{at}.{field.Name}") : null)
                .FirstOrDefault(difference => difference is not null),
            "additionalProperties" =>
                value.ValueKind != JsonValueKind.Object || schema.TryGetProperty("properties", out _)
                    ? null
                    : value.EnumerateObject()
                .Select(field => Differs(said, field.Value, $"{at}.{field.Name}")).FirstOrDefault(
                    difference => difference is not null),
            "items" => value.ValueKind != JsonValueKind.Array ? null : value.EnumerateArray()
                .Select((item, index) => Differs(said, item, $"{at}[{index}]")).FirstOrDefault(
                    difference => difference is not null),
            _ => $"{at}: the schema's {keyword.Name} is not known here",
        };
    }

    private string? AnyOf(JsonElement choices, JsonElement value, string at)
    {
        var differences = choices.EnumerateArray().Select(choice => Differs(choice, value, at)).ToArray();
        return differences.Contains(null) ? null : string.Join(" and ", differences);
    }

    private JsonElement Follow(string reference) =>
        reference.TrimStart('#', '/').Split('/').Aggregate(root, (element, name) => element.GetProperty(name));

    private static bool IsType(JsonElement type, JsonElement value) => type.ValueKind == JsonValueKind.Array
        ? type.EnumerateArray().Any(one => IsType(one, value))
        : type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "integer" => value.ValueKind == JsonValueKind.Number && double.IsInteger(value.GetDouble()),
            "number" => value.ValueKind == JsonValueKind.Number,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            _ => value.ValueKind == JsonValueKind.Null,
        };
}
