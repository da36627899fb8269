using Rushes.Catalog;

namespace Rushes.Intake;

/// <summary>
/// The operator's other names for models of the catalog, such as <c>sora-2</c>, so that programs written for a vendor run
/// unchanged.
/// </summary>
public sealed class ModelNames
{
    private readonly Dictionary<string, (Model Model, Model WithImage)> named = new(StringComparer.Ordinal);

    /// <param name="setting">The name of the setting, for error messages.</param>
    /// <param name="names"><c>NAME=MODEL</c>, or <c>NAME=MODEL+MODEL</c> where the second is used for requests with an image.
    /// Entries are separated by commas.</param>
    /// <exception cref="FormatException">The setting is invalid.</exception>
    public ModelNames(ModelCatalog catalog, string setting, string? names)
    {
        const StringSplitOptions trim = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        foreach (var entry in (names ?? "").Split(',', trim))
        {
            if (entry.Split('=', trim) is not [var name, var ids] || ids.Split('+', trim) is not { Length: 1 or 2 } parts)
                throw new FormatException($"{setting}: \"{entry}\" is invalid; write NAME=MODEL or NAME=MODEL+MODEL.");
            var models = parts.Select(
                id => catalog.Find(id) ?? throw new FormatException($"{setting}: the catalog has no model \"{id}\"."));
            named[name] = (models.First(), models.Last());
        }
    }

    /// <summary>The names, each with its model for requests without an image.</summary>
    public IEnumerable<(string Name, Model Model)> All => named.Select(entry => (entry.Key, entry.Value.Model));

    public bool Contains(string name) => named.ContainsKey(name);

    /// <summary>Null if the operator has not given this name.</summary>
    public Model? Find(string name, bool withImage) =>
        named.TryGetValue(name, out var models) ? withImage ? models.WithImage : models.Model : null;
}
