using System.Text.Json;
using Rushes.Catalog;

namespace Rushes.Intake;

/// <summary>
/// A request's fields by their canonical names, whatever its dialect calls them, with the catalog's defaults. A field that
/// is null counts as absent; fields that no parameter names pass through to the engine, and decide nothing here.
/// </summary>
internal sealed class RequestFields(JsonElement all, IReadOnlyList<Parameter> parameters)
{
    public JsonElement All => all;

    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>The first thing that is wrong; null when nothing is.</summary>
    public Problem? Check(string model)
    {
        foreach (var parameter in parameters)
        {
            if (!TryGet(parameter.Name, out var value))
            {
                if (parameter.Required) return Problem.BadField(parameter.Name, $"is missing; {model} requires it");
            }
            else if (parameter.Check(value) is { } reason)
            {
                return Problem.BadField(parameter.Name, reason);
            }
            // The engine finds every field under its canonical name: another of that name would stand there twice.
            else if (parameter.As is { } name && TryGet(name, out _))
            {
                return Problem.BadField(name, $"is not a field of {model}; send {parameter.Name}");
            }
        }
        return null;
    }

    /// <summary>As sent, else the default, else null.</summary>
    public double? Number(string canonical) =>
        Find(canonical) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    public bool Flag(string canonical) => Find(canonical) is { ValueKind: JsonValueKind.True };

    public string? Text(string canonical) =>
        Find(canonical) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>As sent, else the default, else null.</summary>
    public JsonElement? Find(string canonical) =>
        Parameter(canonical) is { } parameter ? TryGet(parameter.Name, out var value) ? value : parameter.Default : null;

    public Parameter? Parameter(string canonical)
    {
        foreach (var parameter in parameters)
            if (parameter.Canonical == canonical) return parameter;
        return null;
    }

    /// <summary>The name the client knows the field by.</summary>
    public string NameOf(string canonical) => Parameter(canonical)?.Name ?? canonical;

    /// <summary>The canonical name of a field as sent.</summary>
    public string CanonicalOf(string name)
    {
        foreach (var parameter in parameters)
            if (parameter.Name == name) return parameter.Canonical;
        return name;
    }

    public bool IsSent(Parameter parameter) => TryGet(parameter.Name, out _);

    private bool TryGet(string name, out JsonElement value) =>
        all.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
}
