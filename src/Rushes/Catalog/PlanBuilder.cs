using System.IO.Enumeration;

namespace Rushes.Catalog;

/// <summary>Validates a plan's entry and creates the <see cref="Plan"/>.</summary>
internal sealed class PlanBuilder(
    CatalogSource source, string name, IReadOnlyDictionary<string, Tier> tiers, IReadOnlyList<Model> models)
{
    public Plan Build(Plan entry)
    {
        if (entry.Currency.Length != 3 || !entry.Currency.All(char.IsAsciiLetterUpper))
            throw Error($"\"{entry.Currency}\" is not a currency of three capital letters such as USD", "currency");
        Positive(entry.RequestsPerSecond, "requestsPerSecond");
        Positive(entry.JobsPerWindow, "jobsPerWindow");
        Positive(entry.WindowSeconds, "windowSeconds");
        if (entry.JobsPerWindow is null != entry.WindowSeconds is null)
            throw Error("jobsPerWindow and windowSeconds are given together or not at all");
        Positive(entry.MaxQueued, "mostQueued");
        Positive(entry.MaxRunning, "mostRunning");
        Positive(entry.Weight, "weight");
        Positive(entry.MaxInputBytes, "maxInputBytes");
        Positive(entry.MaxStoredBytes, "maxStoredBytes");
        Positive(entry.MaxSeconds, "maxSeconds");
        Positive(entry.MaxSide, "maxSide");
        if (entry.MaxTier is { } tier && !tiers.ContainsKey(tier))
            throw Error($"tier \"{tier}\" is not one of {string.Join(", ", tiers.Keys)}", "highestTier");
        foreach (var pattern in entry.Models ?? [])
            if (!models.Any(model => FileSystemName.MatchesSimpleExpression(pattern, model.Id, ignoreCase: false)))
                throw Error($"\"{pattern}\" is no model's name", "models");
        return entry with { Name = name };
    }

    private void Positive(double? value, string field)
    {
        if (value <= 0) throw Error($"{value} must be above 0; leave it out for no limit", field);
    }

    private CatalogException Error(string reason, params ReadOnlySpan<string> path) =>
        source.Error(reason, ["plans", name, .. path]);
}
