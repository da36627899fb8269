using System.ComponentModel;
using Rushes.Programs;

namespace Rushes.Engines.Process;

/// <summary>Checks whether a program can work: it exists, the files named in its engine file exist, and it starts.</summary>
internal static class ProgramCheck
{
    /// <summary>Programs that load their libraries from a slow disk take minutes to print their help.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private const int MaxPrinted = 300;

    /// <param name="scratch">The check's folder is created in it.</param>
    /// <param name="printed">Called with the program's output.</param>
    public static async Task<Checkup> RunAsync(
        ProgramRecipe recipe, string scratch, Action<string> printed, TimeProvider clock, CancellationToken cancel)
    {
        if (Missing(recipe) is { } missing) return new Checkup.Broken(missing);
        if (recipe.Check.Count == 0) return new Checkup.Works(Proves: false);
        var (reason, help) = await StartAsync(recipe, scratch, clock, cancel);
        printed(help);
        return reason is null ? new Checkup.Works(Proves: false) : new Checkup.Broken(reason);
    }

    /// <summary>What is missing and how to fix it; null if nothing is.</summary>
    public static string? Missing(ProgramRecipe recipe)
    {
        if (ChildProcess.Find(recipe.Program) is null)
            return $"{Named(recipe)} is missing: {NotFound(recipe.Program)}; install it, or correct its path in the engine file";
        if (recipe.Folder is { } folder && !Directory.Exists(folder))
            return $"{Named(recipe)} has no folder: there is no {folder}; install it, or correct the path in the engine file";
        var missing = recipe.Needs.Where(need => !Path.Exists(need)).ToList();
        return missing.Count == 0 ? null
            : $"{Named(recipe)} lacks {string.Join(" and ", missing)}: put {(missing.Count == 1 ? "it" : "them")} there, "
                + "or correct the engine file";
    }

    private static string NotFound(string program) =>
        Folder.IsName(program) ? $"{program} is not on the PATH" : $"there is no file {program}";

    /// <summary>
    /// Runs the program with the arguments of its check. <c>Reason</c> is null if it succeeded; <c>Printed</c> is its output.
    /// </summary>
    public static async Task<(string? Reason, string Printed)> StartAsync(
        ProgramRecipe recipe, string scratch, TimeProvider clock, CancellationToken cancel)
    {
        var folder = Directory.CreateDirectory(new Folder(scratch).NewFile()).FullName;
        var command = string.Join(' ', [recipe.Program, .. recipe.Check]);
        using var late = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        ProcessGroup? group = null;
        try
        {
            var environment = recipe.Environment.Where(pair => !Template.NamesIn(pair.Value).Any()).ToDictionary();
            group = ProcessGroup.Start(
                new ProgramStart(
                    recipe.Program, recipe.Check, recipe.Folder ?? folder,
                    folder) { Environment = environment, PassEnvironment = recipe.PassEnvironment, Home = recipe.Home },
                _ => { }, TimeSpan.FromSeconds(5), clock);
            var code = await group.Ended.WaitAsync(either.Token);
            return (code == 0
                ? null : $"{Named(recipe)} does not start: {command} ends with code {code}{Last(group.Tail)}", group.Tail);
        }
        catch (Win32Exception error)
        {
            return ($"{Named(recipe)} does not start: {command}: {error.Message}", "");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ($"{Named(recipe)} does not start: {command} did not end within {Patience.TotalMinutes:0} minutes", "");
        }
        finally
        {
            if (group is not null) await group.StopAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    public static string Named(ProgramRecipe recipe) => $"the program {recipe.Name}";

    /// <summary>The last line of its output, in brackets.</summary>
    public static string Last(string printed)
    {
        var line = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault()
            ?? "";
        return line.Length == 0 ? "" : $" ({Excerpt.Of(line, MaxPrinted)})";
    }
}
