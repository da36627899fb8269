using System.Diagnostics;
using Rushes.Bench.Day;

namespace Rushes.Bench;

/// <summary>The parts to measure, one after the other; a part that fails does not stop the others.</summary>
internal sealed class Suite
{
    private static readonly string[] Parts =
    [
        "create", "tail", "status", "start", "noops", "gateways", "pictures", "results", "streams", "workers", "startup",
        "claims", "dialects", "draft", "comfy", "comfy-job", "gap", "view", "scale", "day",
    ];

    /// <summary>Several parts by one name.</summary>
    private static readonly Dictionary<string, string[]> Groups = new()
    {
        ["all"] = Parts,
        ["peers"] = ["create", "tail", "status", "start", "noops"],
    };

    private readonly List<Row> table = [];
    private readonly List<Plot> plots = [];
    private readonly string[] parts;
    private readonly Plan plan;
    private readonly string? against;
    private readonly bool saves;

    private Suite(string[] parts, Plan plan, string? against, bool saves) =>
        (this.parts, this.plan, this.against, this.saves) = (parts, plan, against, saves);

    public static string Usage =>
        "usage: bench/run [--short] [--save] [--against FOLDER] [" + string.Join(" | ", Groups.Keys.Concat(Parts)) + "] ...";

    /// <summary>Null if an argument is unknown.</summary>
    public static Suite? Read(string[] args)
    {
        string? against = null;
        if (Array.IndexOf(args, "--against") is >= 0 and var at && at + 1 < args.Length)
        {
            against = Path.GetFullPath(args[at + 1]);
            args = [.. args[..at], .. args[(at + 2)..]];
        }
        var named = args.Where(arg => arg is not ("--short" or "--save")).ToArray();
        if (named.Except([.. Parts, .. Groups.Keys]).Any()) return null;
        var parts = named.Length == 0 ? Parts : named.SelectMany(name => Groups.GetValueOrDefault(name, [name])).Distinct();
        return new Suite([.. parts], args.Contains("--short") ? Plan.Short : new Plan(), against, args.Contains("--save"));
    }

    /// <summary>Prints the table, and returns the exit code: 0 if every part was measured.</summary>
    public async Task<int> RunAsync()
    {
        var (clock, failed) = (Stopwatch.StartNew(), 0);
        foreach (var (index, part) in parts.Index())
        {
            await Console.Error.WriteLineAsync(FormattableString.Invariant(
                $"== {part}, part {index + 1} of {parts.Length}, after {clock.Elapsed:mm\\:ss}"));
            try
            {
                using var disk = new Folders();
                table.AddRange(await MeasureAsync(part, disk));
            }
            catch (Exception error)
            {
                // Caught, so that everything on the way here stops its servers and removes its files.
                failed++;
                await Console.Error.WriteLineAsync($"{part}: {error}");
                table.Add(new Row($"{part}: {error.Message.Split('\n')[0]}", "", "", "", "**not measured**"));
            }
        }
        await Console.Error.WriteLineAsync(FormattableString.Invariant($"== done after {clock.Elapsed:mm\\:ss}"));
        plots.Insert(0, Report.AimsOf(table));
        var report = Report.Of(table, plan);
        Console.WriteLine(report);
        if (saves) await SaveAsync(report);
        return failed == 0 ? 0 : 1;
    }

    private async Task<IEnumerable<Row>> MeasureAsync(string part, Folders disk)
    {
        switch (part)
        {
            case "create": return await CreateBench.RunAsync(plan, disk);
            case "tail": return await TailBench.RunAsync(plan, disk);
            case "status": return await StatusBench.RunAsync(plan, disk);
            case "start": return await StartBench.RunAsync(plan, disk);
            case "noops": return await NoopBench.RunAsync(plan, disk);
            case "gateways": return await GatewaysBench.RunAsync(plan, disk);
            case "pictures": return await PictureBench.RunAsync(plan, disk);
            case "results": return await ResultBench.RunAsync(plan, disk);
            case "streams": return await StreamBench.RunAsync(plan, disk);
            case "workers": return await WorkersBench.RunAsync(plan, disk);
            case "startup": return await StartupBench.RunAsync(plan, disk);
            case "claims": return await ClaimBench.RunAsync(plan, disk, against);
            case "dialects": return await DialectBench.RunAsync(plan, disk);
            case "draft": return await DraftBench.RunAsync(plan, disk);
            case "comfy": return await ComfyBench.RunAsync(plan, disk);
            case "comfy-job": return [await ComfyJobBench.RunAsync(disk)];
            case "gap": return await GapBench.RunAsync(disk);
            case "view": return await ViewBench.RunAsync(plan, disk);
            case "day": return Drawn(await DayBench.RunAsync());
            default: return Drawn(await ScaleBench.RunAsync(plan, disk));
        }
    }

    private IEnumerable<Row> Drawn((IEnumerable<Row> Rows, IEnumerable<Plot> Plots) measured)
    {
        plots.AddRange(measured.Plots);
        return measured.Rows;
    }

    private async Task SaveAsync(string report)
    {
        await File.WriteAllTextAsync(Path.Combine(Folders.Repository, "bench/results.md"), report);
        foreach (var plot in plots)
            await File.WriteAllTextAsync(
                Path.Combine(Folders.Repository, "docs/pictures", $"performance-{plot.Name}.svg"), plot.Svg);
    }
}
