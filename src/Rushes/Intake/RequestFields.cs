using System.Text.Json;
using Rushes.Catalog;

namespace Rushes.Intake;

/// <summary>
/// A request's fields by their canonical names, regardless of the dialect, with the catalog's defaults. Null fields count as
/// missing. Fields that the dialect does not list are passed to the engine; those of the model are checked.
/// </summary>
internal sealed class RequestFields
{
    /// <summary>The sent values by parameter; undefined if missing. The body is searched once and read often.</summary>
    private readonly JsonElement[] sent;

    private readonly IReadOnlyList<Parameter> ofModel;

    private readonly string? badMediaName;

    /// <summary>The sent fields that the dialect does not list; null if there are none.</summary>
    private readonly List<(string Name, JsonElement Value)>? unlisted;

    /// <param name="parameters">The dialect's list of fields.</param>
    /// <param name="ofModel">The model's own list, by canonical name.</param>
    public RequestFields(JsonElement all, IReadOnlyList<Parameter> parameters, IReadOnlyList<Parameter> ofModel)
    {
        (All, Parameters, this.ofModel) = (all, parameters, ofModel);
        sent = new JsonElement[parameters.Count];
        foreach (var field in all.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Null) continue;
            var name = field.Name;
            if (IndexOf(name) is var index and >= 0)
            {
                sent[index] = field.Value;
                continue;
            }
            (unlisted ??= []).Add((name, field.Value));
            if (MediaField.IsMedia(name) && !MediaField.IsValid(name)) badMediaName ??= name;
        }
    }

    public JsonElement All { get; }

    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The first problem; null if there is none.</summary>
    public Problem? Check(string model)
    {
        for (var i = 0; i < sent.Length; i++)
        {
            var (parameter, value) = (Parameters[i], sent[i]);
            if (value.ValueKind == JsonValueKind.Undefined)
            {
                if (parameter.Required) return Problem.BadField(parameter.Name, "is missing; it is required");
            }
            else if (parameter.Check(value) is { } reason)
            {
                return Problem.BadField(parameter.Name, reason);
            }
            // Engines get every field under its canonical name, so another field with that name would be a duplicate.
            else if (parameter.As is { } name && All.TryGetProperty(name, out var other) && other.ValueKind != JsonValueKind.Null)
            {
                return Problem.BadField(name, $"is not a field of {model}; send {parameter.Name}");
            }
        }
        if (CheckUnlisted() is { } problem) return problem;
        return badMediaName is null ? null : Problem.BadField(
            MediaField.Shown(badMediaName), "is not a valid name of a media field; use 1 to 64 of A-Z, a-z, 0-9 and _");
    }

    /// <summary>Engines read the model's fields even if the dialect does not list them.</summary>
    private Problem? CheckUnlisted()
    {
        if (unlisted is null || ReferenceEquals(Parameters, ofModel)) return null;
        foreach (var (name, value) in unlisted)
        {
            if (ofModel.FirstOrDefault(parameter => parameter.Name == name)?.Check(value) is { } reason)
                return Problem.BadField(name, reason);
        }
        return null;
    }

    /// <summary>The sent value, or the default, or null.</summary>
    public double? Number(string canonical) =>
        Find(canonical) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    public bool Flag(string canonical) => Find(canonical) is { ValueKind: JsonValueKind.True };

    public string? Text(string canonical) =>
        Find(canonical) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>The sent value, or the default, or null.</summary>
    public JsonElement? Find(string canonical)
    {
        for (var i = 0; i < sent.Length; i++)
            if (Parameters[i].Canonical == canonical)
                return sent[i].ValueKind != JsonValueKind.Undefined ? sent[i] : Parameters[i].Default;
        return null;
    }

    /// <summary>What engines read under this name: as <see cref="Find"/>, or an unlisted field; null if there is none.</summary>
    public JsonElement? EngineField(string canonical) =>
        Find(canonical) ?? (All.TryGetProperty(canonical, out var unlisted) ? unlisted : null);

    /// <summary>The client's name of the field.</summary>
    public string NameOf(string canonical)
    {
        foreach (var parameter in Parameters)
            if (parameter.Canonical == canonical) return parameter.Name;
        return canonical;
    }

    /// <summary>The parameter of a sent field; null for unknown fields.</summary>
    public Parameter? Named(string name) => IndexOf(name) is var index and >= 0 ? Parameters[index] : null;

    /// <summary>The canonical name of a sent field.</summary>
    public string CanonicalOf(string name) => Named(name)?.Canonical ?? name;

    /// <summary>The listed fields that were not sent and have a default.</summary>
    public IEnumerable<Parameter> Defaulted()
    {
        for (var i = 0; i < sent.Length; i++)
            if (sent[i].ValueKind == JsonValueKind.Undefined && Parameters[i].Default is not null) yield return Parameters[i];
    }

    private int IndexOf(string name)
    {
        for (var i = 0; i < Parameters.Count; i++)
            if (Parameters[i].Name == name) return i;
        return -1;
    }
}
