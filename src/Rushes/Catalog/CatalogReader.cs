using System.Text.Json;

namespace Rushes.Catalog;

/// <summary>Reads the built-in catalog, extends it with the operator's file, and validates the result.</summary>
public static class CatalogReader
{
    /// <param name="path">The operator's file; null for the built-in catalog only.</param>
    /// <exception cref="CatalogException">File, line and reason.</exception>
    public static ModelCatalog Read(string? path = null)
    {
        var sources = new List<CatalogSource> { CatalogSource.BuiltIn() };
        if (path is not null) sources.Add(CatalogSource.FromFile(path));
        return Build(sources);
    }

    internal static ModelCatalog Build(IReadOnlyList<CatalogSource> sources)
    {
        var limits = sources.Select(source => source.File.Limits).Last(found => found is not null)!;
        var tiers = Merge(sources, file => file.Tiers).ToDictionary(
            pair => pair.Key, pair => new Tier(pair.Key, pair.Value.Value));
        var lanes = Merge(sources, file => file.Lanes).ToDictionary(pair => pair.Key, pair => pair.Value.Value);
        var parameters = Merge(sources, file => file.Parameters).ToDictionary(pair => pair.Key, pair => pair.Value.Value);
        var (families, disabled) = Families(sources);

        var loras = new LoraBuilder(Merge(sources, file => file.Loras), families.Keys);
        loras.Check();

        var models = new List<Model>();
        var owners = new Dictionary<string, string>();
        foreach (var (name, (source, entry)) in families.Where(family => !disabled.Contains(family.Key)))
        {
            var whole = Inherit(source, name, entry, families, []);
            var builder = new FamilyBuilder(source, name, parameters, lanes);
            var family = loras.AddTo(builder.Build(whole));
            foreach (var (id, model) in whole.Models ?? [])
            {
                if (!tiers.TryGetValue(model.Tier, out var tier))
                    throw source.Error(
                        $"tier \"{model.Tier}\" is not one of {string.Join(", ", tiers.Keys)}", "families", name, "models", id,
                        "tier");
                foreach (var spelling in model.Aliases.Prepend(id)) Claim(source, name, id, spelling, owners);
                models.Add(
                    new Model(id, model.Aliases, tier, family, builder.Limits(model.TimeLimits, "models", id, "timeLimits")));
            }
        }
        var plans = Merge(sources, file => file.Plans)
            .ToDictionary(
                pair => pair.Key, pair => new PlanBuilder(pair.Value.Source, pair.Key, tiers, models).Build(pair.Value.Value));
        var removed = disabled.SelectMany(name => families[name].Value.Models?.Keys.ToList() ?? []).ToHashSet();
        CheckUpscalers(models, removed, families);
        // A request can always have all media fields of its model.
        var mediaFields = models.Select(
            model => model.Family.Parameters.Count(field => field.Type == ParameterType.Media));
        limits = limits with { MediaPerRequest = mediaFields.Append(limits.MediaPerRequest).Max() };
        return new ModelCatalog(limits, lanes, models, [.. Listings(sources, models, removed, parameters)])
        {
            Tiers = tiers, Plans = plans, DisabledFamilies = disabled,
        };
    }

    /// <summary>An upscaler may be disabled: ffmpeg makes the results larger then.</summary>
    private static void CheckUpscalers(
        IReadOnlyList<Model> models, HashSet<string> removed,
        IReadOnlyDictionary<string, (CatalogSource Source, FamilyEntry Value)> families)
    {
        var known = models.Where(model => model.Kind == ModelKind.Upscale).Select(model => model.Id).ToList();
        foreach (var family in models.Select(model => model.Family).Distinct())
            if (family.Upscaler is { Model: var upscaler } && !known.Contains(upscaler) && !removed.Contains(upscaler))
                throw families[family.Name].Source.Error(
                    $"\"{upscaler}\" is not an upscale model: {string.Join(", ", known.Append(Upscaler.None))}",
                    "families", family.Name, "upscaler");
    }

    /// <summary>A disabled family stays known: others may be like it, and engine files may serve it.</summary>
    private static (Dictionary<string, (CatalogSource Source, FamilyEntry Value)> All, HashSet<string> Disabled) Families(
        IReadOnlyList<CatalogSource> sources)
    {
        var all = new Dictionary<string, (CatalogSource, FamilyEntry)>();
        var disabled = new HashSet<string>();
        foreach (var source in sources)
            foreach (var (name, entry) in source.File.Families)
            {
                if (entry is not null)
                {
                    all[name] = (source, entry);
                    disabled.Remove(name);
                    continue;
                }
                if (!all.ContainsKey(name))
                    throw source.Error(
                        $"there is no family \"{name}\" to disable; there are {string.Join(", ", all.Keys)}", "families", name);
                disabled.Add(name);
            }
        return (all, disabled);
    }

    private static IEnumerable<Listing> Listings(
        IReadOnlyList<CatalogSource> sources, List<Model> models, HashSet<string> removed,
        IReadOnlyDictionary<string, ParameterEntry> shared)
    {
        var entries = new Dictionary<(string Dialect, string Id), (CatalogSource Source, ListingEntry Entry)>();
        foreach (var source in sources)
            foreach (var (dialect, listings) in source.File.Listings)
                foreach (var (id, entry) in listings)
                    if (entry is not null) entries[(dialect, id)] = (source, entry);
                    else if (!entries.Remove((dialect, id)))
                        throw source.Error($"there is no listing \"{id}\" to remove", "listings", dialect, id);

        foreach (var ((dialect, id), (source, entry)) in entries)
        {
            var builder = new ParameterBuilder(
                shared, (reason, field) => source.Error(reason, "listings", dialect, id, "parameters", field));
            if (id == ListingEntry.EveryModel)
            {
                foreach (var each in models.Where(each => !entries.ContainsKey((dialect, each.Id))))
                    yield return new Listing(dialect, each.Id, each, Extend(each.Family, entry, builder));
                continue;
            }
            if (entry.Model is not null && removed.Contains(entry.Model)) continue;
            var model = models.Find(known => known.Id == entry.Model)
                ?? throw source.Error($"there is no model \"{entry.Model}\"", "listings", dialect, id, "model");
            var own = entry.Parameters.Select(pair => builder.Build(pair.Key, pair.Value)).ToList();
            // A LoRA is the operator's own, so no vendor's list of fields has it.
            var ofLora = model.Family.Parameters.Where(field =>
                field.Name is Lora.NameField or Lora.StrengthField && !own.Exists(known => known.Canonical == field.Name));
            yield return new Listing(dialect, id, model, [.. own, .. ofLora]);
        }
    }

    /// <summary>The family's fields, and those of the entry in addition or under another name.</summary>
    private static IReadOnlyList<Parameter> Extend(Family family, ListingEntry entry, ParameterBuilder builder)
    {
        var added = new List<Parameter>();
        foreach (var (field, own) in entry.Parameters)
        {
            var known = family.Parameters.FirstOrDefault(parameter => parameter.Canonical == (own.As ?? field));
            var parameter = builder.Build(field, known is null ? own : own.Over(ParameterEntry.Of(known)));
            if (known is not null || parameter.Type != ParameterType.Media) added.Add(parameter);
        }
        return [.. family.Parameters.Where(known => !added.Exists(field => field.Canonical == known.Canonical)), .. added];
    }

    private static void Claim(CatalogSource source, string family, string id, string spelling, Dictionary<string, string> owners)
    {
        if (spelling.Length is 0 or > 100 || !spelling.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw source.Error(
                $"model id \"{spelling}\" may hold letters, digits, '-', '_' and '.' only", "families", family, "models", id);
        if (!owners.TryAdd(spelling, family))
            throw source.Error(
                $"model id \"{spelling}\" is already taken by family \"{owners[spelling]}\"", "families", family, "models", id);
    }

    private static FamilyEntry Inherit(
        CatalogSource source, string name, FamilyEntry entry,
        Dictionary<string, (CatalogSource Source, FamilyEntry Value)> families, HashSet<string> seen)
    {
        if (entry.Like is null) return entry;
        if (!seen.Add(name)) throw source.Error("families are like one another in a circle", "families", name, "like");
        if (!families.TryGetValue(entry.Like, out var below))
            throw source.Error($"there is no family \"{entry.Like}\" to be like", "families", name, "like");
        return entry.Over(Inherit(below.Source, entry.Like, below.Value, families, seen));
    }

    private static Dictionary<string, (CatalogSource Source, T Value)> Merge<T>(
        IReadOnlyList<CatalogSource> sources, Func<CatalogFile, Dictionary<string, T>> part)
    {
        var merged = new Dictionary<string, (CatalogSource, T)>();
        foreach (var source in sources)
            foreach (var (name, value) in part(source.File))
                merged[name] = (source, value);
        return merged;
    }
}

/// <summary>A catalog file with its text, so that errors can name the line.</summary>
internal sealed record CatalogSource(string Name, byte[] Text, CatalogFile File)
{
    public static CatalogSource BuiltIn()
    {
        using var stream = typeof(CatalogSource).Assembly.GetManifestResourceStream("catalog.json")!;
        var text = new byte[stream.Length];
        stream.ReadExactly(text);
        return Parse("catalog.json (built-in)", text);
    }

    public static CatalogSource FromFile(string path)
    {
        try
        {
            return Parse(path, System.IO.File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CatalogException($"{path}: cannot be read: {error.Message}");
        }
    }

    public static CatalogSource Parse(string name, byte[] text)
    {
        try
        {
            var source = new CatalogSource(name, text, JsonSerializer.Deserialize<CatalogFile>(text, CatalogJson.Options)
                ?? throw new CatalogException($"{name}:1: the catalog is null; it must be an object"));
            return CatalogNulls.Find(text) is { } path
                ? throw source.Error("is null; leave it out", [.. path])
                : source;
        }
        catch (JsonException error)
        {
            var reason = error.Message;
            var cut = reason.IndexOf(" Path:", StringComparison.Ordinal);
            if (cut > 0) reason = $"{reason[..cut]} (at {error.Path})";
            throw new CatalogException($"{name}:{error.LineNumber + 1}: {reason}");
        }
    }

    /// <summary>An error at the line of this path.</summary>
    public CatalogException Error(string reason, params ReadOnlySpan<string> path) =>
        new($"{Name}:{JsonLines.Find(Text, path)}: {string.Join('.', path!)}: {reason}");
}

/// <summary>The catalog is invalid; the message has the file, the line and what to do.</summary>
public sealed class CatalogException(string message) : Exception(message);
