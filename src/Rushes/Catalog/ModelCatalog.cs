using System.Collections.Frozen;

namespace Rushes.Catalog;

/// <summary>All models, tiers and plans. Read once at startup; never changes.</summary>
public sealed class ModelCatalog(
    CatalogLimits limits, IReadOnlyDictionary<string, string> lanes, IReadOnlyList<Model> models, IReadOnlyList<Listing> listings)
{
    private readonly FrozenDictionary<(string Dialect, string Id), Listing> listed = listings.ToFrozenDictionary(
        listing => (listing.Dialect, listing.Id));

    private readonly FrozenDictionary<string, Model> byId = models
        .SelectMany(model => model.Aliases.Prepend(model.Id).Select(id => KeyValuePair.Create(id, model)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    public CatalogLimits Limits => limits;

    /// <summary>Lanes and their titles.</summary>
    public IReadOnlyDictionary<string, string> Lanes => lanes;

    /// <summary>All models, without aliases.</summary>
    public IReadOnlyList<Model> Models => models;

    /// <summary>Families that the operator's catalog disables: they have no models.</summary>
    public IReadOnlyCollection<string> DisabledFamilies { get; init; } = [];

    /// <summary>Every family that engines may be set up for.</summary>
    public IReadOnlyList<string> Families =>
        [.. models.Select(model => model.Family.Name).Concat(DisabledFamilies).Distinct()];

    /// <summary>By name.</summary>
    public required IReadOnlyDictionary<string, Tier> Tiers { get; init; }

    /// <summary>By name; <see cref="Plan.Default"/> is always among them.</summary>
    public required IReadOnlyDictionary<string, Plan> Plans { get; init; }

    /// <summary>Finds a model by id or alias; null if there is none.</summary>
    public Model? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>Finds a model by its id in another API; null if there is none.</summary>
    public Listing? Find(string dialect, string id) => listed.GetValueOrDefault((dialect, id));

    public IReadOnlyList<Listing> Listings => listings;
}
