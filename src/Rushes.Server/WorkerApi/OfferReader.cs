using System.Collections.Frozen;
using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Work;
using Rushes.Work.Remote;

namespace Rushes.Server.WorkerApi;

/// <summary>
/// What the gateway keeps of a remote worker's card. It is little, whatever the worker sends: only ids of the catalog and fields
/// of engines, each once; <see cref="ClaimOffer"/> limits the texts and the number of parts.
/// </summary>
internal sealed class OfferReader(ModelCatalog catalog)
{
    private static readonly FrozenSet<string> Fields = EngineFields.All.ToFrozenSet(StringComparer.Ordinal);

    public ClaimOffer OfferOf(RemoteName name, WorkerOffer card)
    {
        var models = Known(card.Models);
        string[] lanes = [.. models.Select(model => catalog.Find(model)!.Lane).Distinct()];
        var loaded = card.Loaded is { } id ? catalog.Find(id) : null;
        return new ClaimOffer($"{name}", lanes, models)
        {
            EveryModel = catalog.Models.All(model => !lanes.Contains(model.Lane) || models.Contains(model.Id)),
            Engine = card.Engine ?? "",
            Loaded = loaded?.Id,
            LoadedLora = card.LoadedLora is { } lora ? loaded?.Family.Loras.GetValueOrDefault(lora)?.Name : null,
            Gpu = card.Gpu is null ? null : new Gpu(card.Gpu, Math.Max(0, card.GpuMegabytes ?? 0)),
            Version = card.Version,
            Wants = card.Wants ?? [],
            Advice = card.Advice ?? [],
            Enlarges = [.. Known(card.Enlarges).Where(models.Contains)],
            Parts = [.. (card.Parts ?? []).OfType<PartHealth>().Select(part => part with { Models = Known(part.Models) })],
            LimitedFields =
            [
                .. (card.LimitedFields ?? []).OfType<LimitedField>().Where(IsKnown)
                    .DistinctBy(field => (field.Field, field.Effect))
                    .Select(field => field with { Models = Known(field.Models) }),
            ],
        };
    }

    private static bool IsKnown(LimitedField field) =>
        Fields.Contains(field.Field ?? "") && field.Effect is LimitedField.None or LimitedField.WithMoreSteps;

    /// <summary>The catalog's own ids of the models it has.</summary>
    private string[] Known(IReadOnlyList<string>? ids) =>
        [.. (ids ?? []).OfType<string>().Select(id => catalog.Find(id)?.Id).OfType<string>().Distinct()];
}
