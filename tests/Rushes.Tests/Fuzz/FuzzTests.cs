using System.Diagnostics;
using System.Globalization;
using System.Text;
using Rushes.Tests.Postgres;
using Rushes.Tests.Rules;
using Xunit;

namespace Rushes.Tests.Fuzz;

/// <summary>Everything that reads external input accepts it or rejects it with a documented error.</summary>
public sealed class FuzzTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The inputs are the same each time; bench/fuzz runs longer and from any seed.</summary>
    [Fact]
    public async Task A_short_run_finds_nothing()
    {
        using var folder = new TempFolder();
        await using var gateway = await FuzzGateway.StartAsync(Cancel);
        await using var shared = await FuzzGateway.StartAsync(Cancel, await PostgresCluster.RentAsync());
        var run = new FuzzRun(seed: 1);
        await run.RunAsync([.. ParserTargets.All(folder.Path)], each: 400, rounds => rounds < 1);
        await run.RunAsync([.. gateway.Targets(), .. shared.DatabaseTargets()], each: 60, rounds => rounds < 1);
        Assert.True(run.Findings.Count == 0, Report(run));
    }

    /// <summary>The fuzzer finds a known fault.</summary>
    [Fact]
    public async Task A_reader_that_breaks_is_found()
    {
        var run = new FuzzRun(seed: 1);
        var broken = FuzzTarget.OfText("broken", ["a=1"], ["="], text =>
            { if (text.Contains("==", StringComparison.Ordinal)) throw new InvalidOperationException(); });
        await run.RunAsync([broken], each: 500, rounds => rounds < 1);
        Assert.Contains("==", Encoding.UTF8.GetString(Assert.Single(run.Findings).Input), StringComparison.Ordinal);
    }

    /// <summary>Started by bench/fuzz.</summary>
    [Fact(Explicit = true)]
    public async Task A_long_run_finds_nothing()
    {
        var kept = Setting("FUZZ_FOLDER", Path.Combine(RoomTests.Root(), ".build", "fuzz"));
        using var folder = new TempFolder();
        await using var gateway = await FuzzGateway.StartAsync(Cancel);
        await using var shared = await FuzzGateway.StartAsync(Cancel, await PostgresCluster.RentAsync());
        FuzzTarget[] targets = [.. ParserTargets.All(folder.Path), .. gateway.Targets(), .. shared.DatabaseTargets()];
        var seed = int.Parse(Setting("FUZZ_SEED", "1"), CultureInfo.InvariantCulture);
        var run = new FuzzRun(seed);
        if (Environment.GetEnvironmentVariable("FUZZ_REPLAY") is { Length: > 0 } file)
        {
            var name = Path.GetFileName(file).Split('.')[0];
            await run.TryAsync(targets.Single(target => target.Name == name), await File.ReadAllBytesAsync(file, Cancel));
        }
        else
        {
            var end = TimeSpan.FromSeconds(int.Parse(Setting("FUZZ_SECONDS", "60"), CultureInfo.InvariantCulture));
            var clock = Stopwatch.StartNew();
            await run.RunAsync(targets, each: 20, _ => clock.Elapsed < end);
        }

        var number = 0;
        foreach (var finding in run.Findings)
            await File.WriteAllBytesAsync(Path.Combine(
                Directory.CreateDirectory(kept).FullName, $"{finding.Target}.{seed}-{++number}"), finding.Input, Cancel);
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(kept).FullName, "report.md"), Report(run), Cancel);
        Assert.True(run.Findings.Count == 0, Report(run));
    }

    private static string Report(FuzzRun run)
    {
        var text = new StringBuilder("| target | inputs | findings |\n|---|---|---|\n");
        foreach (var (target, inputs) in run.Tried)
            text.Append(CultureInfo.InvariantCulture,
                $"| {target} | {inputs} | {run.Findings.Count(finding => finding.Target == target)} |\n");
        foreach (var finding in run.Findings)
            text.Append(CultureInfo.InvariantCulture, $"\n{finding.Target}: {Shown(finding.Input)}\n{finding.Error}\n");
        return text.ToString();
    }

    private static string Shown(byte[] input) =>
        string.Concat(Encoding.UTF8.GetString(input).Select(
            letter => char.IsControl(letter) ? $"\\u{(int)letter:x4}" : $"{letter}").Take(400));

    private static string Setting(string name, string otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } set ? set : otherwise;
}
