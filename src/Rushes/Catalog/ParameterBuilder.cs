namespace Rushes.Catalog;

/// <summary>
/// Validates a field's entry and creates the <see cref="Parameter"/>. Missing properties come from the catalog's common
/// parameters.
/// </summary>
/// <param name="error">Creates an error from a reason and the field's name.</param>
internal sealed class ParameterBuilder(
    IReadOnlyDictionary<string, ParameterEntry> shared, Func<string, string, CatalogException> error)
{
    public Parameter Build(string field, ParameterEntry own)
    {
        var entry = own.Over(shared.GetValueOrDefault(own.As ?? field));
        var type = entry.Type ?? throw error("type is missing: give it here or under the catalog's parameters", field);
        if (entry.Min > entry.Max) throw error($"min {entry.Min} is above max {entry.Max}", field);
        if (entry.Step <= 0) throw error($"step {entry.Step} must be above 0", field);
        if (type == ParameterType.Media && entry.Media is not { Count: > 0 }) throw error("media kinds are missing", field);
        var parameter = new Parameter
        {
            Name = field,
            As = entry.As,
            Type = type,
            Required = entry.Required ?? false,
            Min = entry.Min,
            Max = entry.Max,
            Step = entry.Step,
            MaxLength = entry.MaxLength,
            Options = entry.Options,
            Media = entry.Media ?? [],
            Default = entry.Default,
            Help = entry.Help,
        };
        if (entry.Default is { } value && parameter.Check(value) is { } reason) throw error($"the default {reason}", field);
        return parameter;
    }
}
