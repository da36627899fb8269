using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Work;

namespace Rushes.Server;

/// <summary>What the engines of this process cannot make, for the operator who started it.</summary>
internal static class EngineProblems
{
    /// <summary>The first checks are waited for so long; a program that is slow to start is reported by the log.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static async Task<IReadOnlyList<string>> FindAsync(
        IReadOnlyList<IEngine> engines, ModelCatalog catalog, TimeProvider clock, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            foreach (var part in engines.SelectMany(engine => engine.Parts))
                while (part.Changed is var changed && !part.IsChecked) await changed.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // What is known by now is reported.
        }
        return [.. engines.SelectMany(engine => ProblemsOf(engine, catalog)).Distinct()];
    }

    private static IEnumerable<string> ProblemsOf(IEngine engine, ModelCatalog catalog) =>
        PartHealth.Of(engine, catalog).Where(part => part is { Reason: not null, IsBusyWithOthers: false }).Select(Describe)
            .Concat(engine.Wants.Select(want => $"{engine.Name}: {want}"));

    private static string Describe(PartHealth part) =>
        $"cannot make {(part.Models.Count == 0 ? "videos with it" : string.Join(", ", part.Models))}: {part.Reason}";
}
