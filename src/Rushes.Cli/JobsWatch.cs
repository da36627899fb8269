using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary>A list of jobs as it changes: a table that is drawn anew on a terminal, a line for each change elsewhere.</summary>
internal sealed class JobsWatch(ParseResult parsed, Func<CancellationToken, Task<JsonElement>> read, string[] columns)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<string, string> told = [];

    /// <returns>Once Ctrl+C was pressed: nothing was given up by that.</returns>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        try
        {
            if (parsed.GetValue(Show.Json) || Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi) await EachAsync(Tell, cancel);
            else await AnsiConsole.Live(Show.Table([], columns)).AutoClear(true).StartAsync(screen => EachAsync(found => screen.UpdateTarget(Show.Table(JobRows.Of(found), columns)), cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // As long as it was wanted.
        }
        return Exits.Done;
    }

    private async Task EachAsync(Action<JsonElement> show, CancellationToken cancel)
    {
        using var pause = new PeriodicTimer(Every, TimeProvider.System);
        do show(await read(cancel)); while (await pause.WaitForNextTickAsync(cancel));
    }

    /// <summary>What is new, oldest first.</summary>
    private void Tell(JsonElement found)
    {
        foreach (var job in found.GetProperty("jobs").EnumerateArray().Reverse())
        {
            var (id, now) = (JobRows.Text(job, "request_id"), $"{JobRows.StateOf(job)} {JobRows.WhereOf(job)}".TrimEnd());
            if (told.GetValueOrDefault(id) == now) continue;
            told[id] = now;
            if (parsed.GetValue(Show.Json)) Show.Line(job);
            else Console.WriteLine($"job {id} ({JobRows.Text(job, "model")}): {now}");
        }
    }
}
