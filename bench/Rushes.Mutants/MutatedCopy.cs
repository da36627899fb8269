using System.Text.RegularExpressions;

namespace Rushes.Mutants;

/// <summary>A copy of the repository in which the mutants are built. The sites that do not compile are left out.</summary>
internal sealed partial class MutatedCopy(string repository, string folder)
{
    /// <summary>The mutated parts of the source.</summary>
    private static readonly string[] Parts =
    [
        "src/Rushes/Accounts", "src/Rushes/Database", "src/Rushes/Files", "src/Rushes/Intake", "src/Rushes/Jobs",
        "src/Rushes/Webhooks", "src/Rushes.Server/Auth", "src/Rushes.Server/Dialects",
    ];

    private readonly Dictionary<string, MutatedFile> files = [];

    /// <summary>The compiled tests.</summary>
    public string Tests => Path.Combine(folder, "tests/Rushes.Tests/bin/Release/net10.0/Rushes.Tests.dll");

    /// <summary>Chooses sites at random, the same for the same seed.</summary>
    /// <param name="only">Only sites whose path contains this.</param>
    public IReadOnlyList<MutantSite> Choose(int count, int seed, string only)
    {
        var sites = new List<MutantSite>();
        foreach (var part in Parts)
        {
            var found = Directory.EnumerateFiles(Path.Combine(repository, part), "*.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(repository, file))
                .Where(file => file.Contains(only, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal);
            foreach (var path in found)
            {
                files[path] = new MutatedFile(path, File.ReadAllText(Path.Combine(repository, path)));
                sites.AddRange(files[path].Sites());
            }
        }
        var all = sites.ToArray();
        new Random(seed).Shuffle(all);
        return [.. all.Take(count).Select((site, index) => site with { Id = index })];
    }

    /// <summary>Builds the copy with the sites; returns those that compiled.</summary>
    /// <exception cref="InvalidOperationException">The copy does not compile for another reason.</exception>
    public async Task<IReadOnlyList<MutantSite>> BuildAsync(IReadOnlyList<MutantSite> sites)
    {
        await CopyAsync();
        var left = sites;
        while (true)
        {
            Write(sites, left);
            var (exit, output) = await Tool.RunAsync(
                "dotnet",
                [
                    "build", "-c", "Release", Path.Combine(folder, "tests/Rushes.Tests"), "-nologo", "-v", "quiet",
                    "-clp:ErrorsOnly", "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false",
                ]);
            if (exit == 0) return left;
            var errors = CompilerError().Matches(output)
                .Select(error => (
                    Path: Path.GetRelativePath(folder, error.Groups[1].Value), Line: int.Parse(error.Groups[2].Value)))
                .ToHashSet();
            var good = left.Where(site => !errors.Any(
                error => error.Path == site.Path && error.Line >= site.FirstLine && error.Line <= site.LastLine)).ToList();
            if (good.Count == left.Count) throw new InvalidOperationException(output);
            Console.Error.WriteLine($"{left.Count - good.Count} mutants do not compile and are left out.");
            left = good;
        }
    }

    private async Task CopyAsync()
    {
        Directory.CreateDirectory(folder);
        var (_, listed) = await Tool.RunAsync(
            "git", ["-C", repository, "ls-files", "--cached", "--others", "--exclude-standard"]);
        foreach (var path in listed.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var to = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            if (File.Exists(Path.Combine(repository, path))) File.Copy(Path.Combine(repository, path), to, overwrite: true);
        }
        File.Copy(
            Path.Combine(AppContext.BaseDirectory, "Mutant.cs"), Path.Combine(folder, "src/Rushes/Mutant.cs"), overwrite: true);
    }

    private void Write(IReadOnlyList<MutantSite> all, IReadOnlyList<MutantSite> left)
    {
        var byPath = left.ToLookup(site => site.Path);
        foreach (var path in all.Select(site => site.Path).Distinct())
            File.WriteAllText(Path.Combine(folder, path), files[path].With(byPath[path]));
    }

    [GeneratedRegex(@"^\s*(/[^(\n]+\.cs)\((\d+),\d+\): error", RegexOptions.Multiline)]
    private static partial Regex CompilerError();
}
