using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>What a free slot can take, and what it is.</summary>
/// <param name="Worker">Who will hold the lease: <c>node/slot</c>.</param>
/// <param name="Lanes">Lanes of its models.</param>
/// <param name="Models">Ids of the models it can make now.</param>
public sealed record ClaimOffer(string Worker, IReadOnlyList<string> Lanes, IReadOnlyList<string> Models)
{
    /// <summary>Every model of the lanes is among them, so that a claim need not look at models at all.</summary>
    public bool EveryModel { get; init; }

    /// <summary>Most clauses of <see cref="Wants"/>, and characters of a clause and of the other texts; what is longer is cut.</summary>
    private const int MostWants = 20, LongestWant = 400, LongestName = 100;

    /// <summary>Such as <c>comfyui</c>.</summary>
    public string Engine { get; init => field = BoundedText.Line(value, LongestName); } = "";

    /// <summary>The model that the engine holds in memory; null when that means nothing to it.</summary>
    public string? Loaded { get; init => field = value is null ? null : BoundedText.Line(value, LongestName); }

    public Gpu? Gpu { get; init; }

    /// <summary>What keeps it from making more, a clause each.</summary>
    public IReadOnlyList<string> Wants { get; init => field = [.. value.Take(MostWants).Select(want => BoundedText.Line(want, LongestWant))]; } = [];

    /// <summary>Of the worker's program; null: of this one.</summary>
    public string? Version { get; init => field = value is null ? null : BoundedText.Line(value, LongestName); }

    public static ClaimOffer Of(string worker, ModelCatalog catalog, IEngine engine, Gpu? gpu = null)
    {
        var models = catalog.Models.Where(engine.Serves).ToArray();
        var lanes = models.Select(model => model.Lane).Distinct().ToArray();
        return new ClaimOffer(worker, lanes, [.. models.Select(model => model.Id)])
        {
            EveryModel = models.Length == catalog.Models.Count(model => lanes.Contains(model.Lane)),
            Engine = engine.Name,
            Loaded = engine.Loaded?.Id,
            Gpu = engine.Gpu ?? gpu,
            Wants = engine.Wants,
        };
    }
}
