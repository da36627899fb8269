using Rushes.Mutants;

var (sample, seed, only) = (40, 1, "");
for (var at = 0; at + 1 < args.Length; at += 2)
    switch (args[at])
    {
        case "--sample":
            sample = int.Parse(args[at + 1]);
            break;
        case "--seed":
            seed = int.Parse(args[at + 1]);
            break;
        case "--only":
            only = args[at + 1];
            break;
    }

var repository = Directory.GetCurrentDirectory();
var copy = new MutatedCopy(repository, Path.Combine(repository, ".build/mutants"));
var sites = await copy.BuildAsync(copy.Choose(sample, seed, only));
var classes = await TestClasses.OfAsync(copy.Tests, sample);
var results = new List<(MutantSite Site, string? By, bool IsReached)>();
await Parallel.ForEachAsync(sites, AtOnce, async (site, _) =>
{
    var (by, reached) = await classes.TryAsync(site.Id);
    var result = by is not null ? $"noticed by {by}" : reached ? "SURVIVED" : "not reached";
    lock (results)
    {
        results.Add((site, by, reached));
        Console.Error.WriteLine(
            $"{results.Count} of {sites.Count}: {site.Path}:{site.FirstLine} {site.Mutation.Name}: {result}");
    }
});

var noticed = results.Count(result => result.By is not null);
Console.WriteLine($"{noticed} of {results.Count} mutants were noticed (sample {sample}, seed {seed}).");
Console.WriteLine();
Console.WriteLine("| place | code | change | result |");
Console.WriteLine("|---|---|---|---|");
foreach (var (site, by, reached) in results.Where(result => result.By is null).OrderBy(result => result.Site.Path))
    Console.WriteLine(
        $"| {site.Path}:{site.FirstLine} | `{site.Code.Replace("|", "\\|", StringComparison.Ordinal)}` | {site.Mutation.Name} "
        + $"| {(reached ? "survived" : "not reached")} |");

internal static partial class Program
{
    /// <summary>Test runs at the same time.</summary>
    public static ParallelOptions AtOnce { get; } = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
}
