using System.Text.Json;
using Rushes.Catalog;

namespace Rushes.Intake;

/// <summary>Holds a request's fields against the catalog. A field that is null counts as absent; fields the catalog does not list pass.</summary>
internal static class FieldRules
{
    public static Problem? Check(Family family, JsonElement fields)
    {
        foreach (var parameter in family.Parameters)
        {
            if (!TryGet(fields, parameter.Name, out var value))
            {
                if (parameter.Required) return Problem.BadField(parameter.Name, $"is missing; {family.Name} requires it");
            }
            else if (parameter.Check(value) is { } reason)
            {
                return Problem.BadField(parameter.Name, reason);
            }
        }
        return null;
    }

    public static bool TryGet(JsonElement fields, string name, out JsonElement value) =>
        fields.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The field's value, else the catalog's default, else null.</summary>
    public static double? Number(Family family, JsonElement fields, string name) =>
        TryGet(fields, name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : family.Parameter(name)?.Default is { ValueKind: JsonValueKind.Number } set ? set.GetDouble()
        : null;

    public static bool Flag(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
}
