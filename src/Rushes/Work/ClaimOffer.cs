using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>What a slot can run now, and a description of the slot.</summary>
/// <param name="Worker">The name of the slot, which holds the lease: <c>node/slot</c>.</param>
/// <param name="Lanes">The lanes of its models.</param>
/// <param name="Models">Ids of the models it can run now.</param>
public sealed record ClaimOffer(string Worker, IReadOnlyList<string> Lanes, IReadOnlyList<string> Models)
{
    /// <summary>These are all models of the lanes, so that a claim need not filter by model.</summary>
    public bool EveryModel { get; init; }

    /// <summary>
    /// The maximum number of <see cref="Wants"/> and models, and the maximum lengths of texts; the rest is cut.
    /// </summary>
    private const int MaxWants = 20, MaxWantLength = 400, MaxNameLength = 100, MaxModels = 1000, MaxFields = 40;

    /// <summary>Such as <c>comfyui</c>.</summary>
    public string Engine { get; init => field = BoundedText.Line(value, MaxNameLength); } = "";

    /// <summary>The model that the engine has in memory; null if it has none or it does not matter.</summary>
    public string? Loaded { get; init => field = value is null ? null : BoundedText.Line(value, MaxNameLength); }

    /// <summary>The LoRA that the loaded model is changed with; null if with none.</summary>
    public string? LoadedLora { get; init => field = value is null ? null : BoundedText.Line(value, MaxNameLength); }

    public Gpu? Gpu { get; init; }

    /// <summary>What keeps it from running more models.</summary>
    public IReadOnlyList<string> Wants
    {
        get;
        init => field = [.. value.Take(MaxWants).Select(want => BoundedText.Line(want, MaxWantLength))];
    } = [];

    /// <summary>Settings of its engine that the operator should change.</summary>
    public IReadOnlyList<string> Advice
    {
        get;
        init => field = [.. value.Take(MaxWants).Select(advice => BoundedText.Line(advice, MaxWantLength))];
    } = [];

    /// <summary>Those of its models whose results it can make larger with their upscaler.</summary>
    public IReadOnlyList<string> Enlarges { get; init; } = [];

    /// <summary>The version of the worker; null: of this program.</summary>
    public string? Version { get; init => field = value is null ? null : BoundedText.Line(value, MaxNameLength); }

    /// <summary>Request fields that its engine ignores, or does not always use.</summary>
    public IReadOnlyList<LimitedField> LimitedFields
    {
        get;
        init => field =
        [
            .. value.Take(MaxFields)
                .Where(each => each is { Field: not null, Effect: not null, Models: not null })
                .Select(Bounded),
        ];
    } = [];

    /// <summary>The parts of its engine, healthy or not.</summary>
    public IReadOnlyList<PartHealth> Parts
    {
        get;
        init => field =
        [
            .. value.Take(MaxWants)
                .Where(part => part is { Name: not null, State: not null, Models: not null })
                .Select(Bounded),
        ];
    } = [];

    private static PartHealth Bounded(PartHealth part) => part with
    {
        Name = BoundedText.Line(part.Name, MaxNameLength),
        State = BoundedText.Line(part.State, MaxNameLength),
        Reason = part.Reason is null ? null : BoundedText.Line(part.Reason, MaxWantLength),
        Models = Bounded(part.Models),
    };

    private static LimitedField Bounded(LimitedField field) => field with
    {
        Field = BoundedText.Line(field.Field, MaxNameLength),
        Effect = BoundedText.Line(field.Effect, MaxNameLength),
        Models = Bounded(field.Models),
    };

    private static IReadOnlyList<string> Bounded(IReadOnlyList<string> models) =>
        [.. models.Take(MaxModels).Select(model => BoundedText.Line(model, MaxNameLength))];

    /// <param name="may">Whether a model may be claimed now.</param>
    public static ClaimOffer Of(string worker, ModelCatalog catalog, IEngine engine, Func<Model, bool> may, Gpu? gpu = null)
    {
        var models = catalog.Models.Where(may).ToArray();
        var lanes = models.Select(model => model.Lane).Distinct().ToArray();
        var parts = PartHealth.Of(engine, catalog);
        var loaded = engine.Loaded;
        return new ClaimOffer(worker, lanes, [.. models.Select(model => model.Id)])
        {
            EveryModel = models.Length == catalog.Models.Count(model => lanes.Contains(model.Lane)),
            Engine = engine.Name,
            Loaded = loaded?.Model.Id,
            LoadedLora = loaded?.Lora?.Name,
            Gpu = engine.Gpu ?? gpu,
            Wants =
            [
                .. parts.Where(part => part is { Reason: not null, IsBusyWithOthers: false }).Select(part => part.Want),
                .. engine.Wants,
            ],
            Parts = parts,
            Advice = engine.Advice,
            LimitedFields = LimitedField.Of(engine, catalog),
            Enlarges = [.. models.Where(model => engine.UpscalerAfter(model, catalog) is not null).Select(model => model.Id)],
        };
    }
}

/// <summary>A request field that an engine ignores, or does not always use.</summary>
/// <param name="Effect"><c>none</c>, or <c>with_more_steps</c>: only with <c>higher_quality_with_more_steps</c>.</param>
/// <param name="Models">Ids of the models that this applies to.</param>
public sealed record LimitedField(string Field, string Effect, IReadOnlyList<string> Models)
{
    public const string None = "none", WithMoreSteps = "with_more_steps";

    public static IReadOnlyList<LimitedField> Of(IEngine engine, ModelCatalog catalog) =>
    [
        .. from model in catalog.Models
           where engine.Serves(model)
           from field in EngineFields.Of(model)
           let effect = engine.EffectOf(field, model)
           where effect != FieldEffect.Full
           group model.Id by (field, effect) into same
           select new LimitedField(
               same.Key.field, same.Key.effect == FieldEffect.None ? None : WithMoreSteps, [.. same]),
    ];
}

/// <summary>The health of a part of a worker's engine.</summary>
/// <param name="Name">Such as a server's address or a program's name.</param>
/// <param name="State"><c>ready</c>, <c>busy</c>, <c>suspect</c>, <c>away</c> or <c>sick</c>.</param>
/// <param name="Reason">What is wrong and how to fix it; null if nothing is.</param>
/// <param name="Models">Ids of the models that it runs when it is healthy.</param>
/// <param name="Proofs">See <see cref="EngineHealth.Proofs"/>.</param>
public sealed record PartHealth(string Name, string State, string? Reason, IReadOnlyList<string> Models, int Proofs)
{
    /// <summary>The reason, with the models that are unavailable until it is fixed.</summary>
    public string Want =>
        Models.Count == 0 || TakesJobs ? Reason! : $"{Reason}; until then no {string.Join(", ", Models)}";

    public bool TakesJobs => State is "ready" or "busy" or "suspect";

    public bool IsBusyWithOthers => State is "busy";

    public static IReadOnlyList<PartHealth> Of(IEngine engine, ModelCatalog catalog)
    {
        var models = catalog.Models.Where(engine.Serves).ToLookup(engine.PartOf, model => model.Id);
        return [.. engine.Parts.Select(part =>
        {
            var state = part.State;
            return new PartHealth(part.Name, state.Name, state.Problem, [.. models[part]], part.Proofs);
        })];
    }
}
