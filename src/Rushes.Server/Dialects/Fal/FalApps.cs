using Rushes.Catalog;

namespace Rushes.Server.Dialects.Fal;

/// <summary>
/// Maps fal's ids to models. A create call goes to <c>owner/app/path</c>, which the catalog lists for this dialect, or to
/// <c>queue/model</c>, any model of the catalog with its own fields. Later calls use <c>owner/app</c>.
/// </summary>
internal sealed class FalApps(ModelCatalog catalog)
{
    /// <summary>The owner under which every model of the catalog is an app. The queue dialect has the same paths.</summary>
    public const string Queue = "queue";

    public const string Dialect = "fal";

    private readonly ILookup<FalApp, string> modelsOfApps = catalog.Listings
        .Where(listing => listing.Dialect == Dialect)
        .ToLookup(listing => AppOf(listing.Id), listing => listing.Model.Id);

    public IEnumerable<string> Owners => modelsOfApps.Select(app => app.Key.Owner).Append(Queue).Distinct();

    /// <summary>The model of a full id, and its fields; null for the model's own fields.</summary>
    public (Model Model, IReadOnlyList<Parameter>? Parameters)? Find(FalApp app, string? path)
    {
        if (app.Owner == Queue) return path is null && catalog.Find(app.Name) is { } model ? (model, null) : null;
        return catalog.Find(Dialect, path is null ? app.ToString() : $"{app}/{path}") is { } listing
            ? (listing.Model, listing.Parameters)
            : null;
    }

    public bool Knows(FalApp app) => app.Owner == Queue ? catalog.Find(app.Name) is not null : modelsOfApps.Contains(app);

    /// <summary>Whether jobs of a model can be looked up under an app.</summary>
    public bool Holds(FalApp app, string model) =>
        app.Owner == Queue ? catalog.Find(app.Name)?.Id == model : modelsOfApps[app].Contains(model);

    private static FalApp AppOf(string id)
    {
        var parts = id.Split('/');
        return new FalApp(parts[0], parts.Length > 1 ? parts[1] : "");
    }
}

/// <summary>The first two parts of an id.</summary>
internal readonly record struct FalApp(string Owner, string Name)
{
    public override string ToString() => $"{Owner}/{Name}";
}
