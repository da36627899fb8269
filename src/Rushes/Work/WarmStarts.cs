using Rushes.Catalog;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>
/// Lets workers prefer jobs of the family and the LoRA that their engine has in memory, among jobs with equal tier and
/// priority. A waiting job is passed only a few times and not for long.
/// </summary>
public sealed class WarmStarts(ModelCatalog catalog, WarmOptions options, TimeProvider clock)
{
    private readonly Dictionary<string, (IReadOnlyList<string> Models, bool HasLoras)> families = catalog.Models
        .GroupBy(model => model.Family.Name)
        .SelectMany(family => family.Select(model => (
            model.Id, Models: (IReadOnlyList<string>)[.. family.Select(each => each.Id)],
            HasLoras: model.Family.Loras.Count > 0)))
        .ToDictionary(each => each.Id, each => (each.Models, each.HasLoras));

    private readonly Lock gate = new();
    private readonly Dictionary<long, (int Times, long Since)> passed = [];

    /// <summary>What a claim may prefer; null if nothing is loaded, or all of the slot's models and no LoRA matters.</summary>
    public WarmStart? For(ClaimOffer offer) =>
        options.MaxJobs > 0
            && offer.Loaded is { } id
            && families.TryGetValue(id, out var family)
            && (family.HasLoras || offer.Models.Any(model => !family.Models.Contains(model)))
            ? new WarmStart(
                family.Models, family.HasLoras ? new LoadedInput(Lora.NameField, offer.LoadedLora ?? "") : null, options.Within,
                MayPass)
            : null;

    /// <summary>Removes jobs that no longer wait.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        lock (gate)
        {
            if (passed.Count == 0) return;
            for (var i = 0; i < changes.Count; i++)
                if (!changes[i].State.IsQueued) passed.Remove(changes[i].Id);
        }
    }

    private bool MayPass(long job)
    {
        lock (gate)
        {
            var (times, since) = passed.TryGetValue(job, out var before) ? before : (0, clock.GetTimestamp());
            if (times >= options.MaxJobs || clock.GetElapsedTime(since) > options.MaxTime) return false;
            passed[job] = (times + 1, since);
            return true;
        }
    }
}

/// <summary>Limits of the preference for loaded models.</summary>
public sealed record WarmOptions
{
    /// <summary>How many jobs may pass the first one. 0: none, strictly in order. Default 4.</summary>
    public int MaxJobs { get; init; } = 4;

    /// <summary>For how long. Default 60 seconds.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Only jobs among this many from the front of their lane may pass. Default 32.</summary>
    public int Within { get; init; } = 32;
}
