using System.Diagnostics;

namespace Rushes.Mutants;

/// <summary>The test classes that mutants are tried with, how long each takes, and which mutants it reaches.</summary>
internal sealed class TestClasses
{
    /// <summary>Left out because they take long: tests of whole programs, browsers and media files.</summary>
    private static readonly string[] LeftOut =
    [
        "Browser", "Client", "Cli", "Docs", "Draft", "Engines", "Faults", "Fuzz", "Media", "Operate", "Programs", "Rules",
    ];

    private readonly List<(string Name, TimeSpan Time, byte[] Reached)> classes = [];

    private readonly string tests;

    private TestClasses(string tests) => this.tests = tests;

    /// <summary>Runs each class once without a mutant.</summary>
    public static async Task<TestClasses> OfAsync(string tests, int mutants)
    {
        var measured = new TestClasses(tests);
        var (_, listed) = await Tool.RunAsync("dotnet", [tests, "-noLogo", "-noColor", "-list", "classes"]);
        var names = listed.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(name => name.StartsWith("Rushes.Tests.", StringComparison.Ordinal)
                && !LeftOut.Contains(name.Split('.')[2]) && !name.EndsWith(".SimulationTests", StringComparison.Ordinal))
            .ToList();
        await Parallel.ForEachAsync(names, Program.AtOnce, async (name, _) => await measured.MeasureAsync(name, mutants));
        return measured;
    }

    private async Task MeasureAsync(string name, int mutants)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, new byte[mutants]);
        var start = Stopwatch.GetTimestamp();
        var (exit, _) = await RunAsync(name, null, ("RUSHES_MUTANTS_REACHED", file));
        var measured = (name, Stopwatch.GetElapsedTime(start), await File.ReadAllBytesAsync(file));
        File.Delete(file);
        lock (classes)
        {
            if (exit == 0) classes.Add(measured);
            var problem = exit == 0 ? "" : "fails without a mutant and is left out; ";
            Console.Error.WriteLine($"{name}: {problem}{measured.Item2.TotalSeconds:0} s");
        }
    }

    /// <summary>Tries one mutant with the classes that reach it, the quickest first.</summary>
    /// <returns>The class that noticed it, or null; and whether any class reached it.</returns>
    public async Task<(string? By, bool IsReached)> TryAsync(int mutant)
    {
        var reaching = classes.Where(each => each.Reached[mutant] == 1).OrderBy(each => each.Time).ToList();
        foreach (var (name, time, _) in reaching)
        {
            var limit = (3 * time) + TimeSpan.FromSeconds(30);
            var (exit, _) = await RunAsync(name, limit, ("RUSHES_MUTANT", $"{mutant}"));
            if (exit != 0) return (exit is null ? $"{name} (did not end)" : name, true);
        }
        return (null, reaching.Count > 0);
    }

    private Task<(int? Exit, string Output)> RunAsync(string name, TimeSpan? limit, (string Name, string Value) mutant) =>
        Tool.RunAsync(
            "dotnet", [tests, "-noLogo", "-noColor", "-stopOnFail", "-class", name], limit, mutant, ("DOTNET_TieredPGO", "0"));
}
