using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Rushes.Cli;

/// <summary>Follows a list of jobs: a live table on a terminal, otherwise one line per change.</summary>
internal sealed class JobsWatch(ParseResult parsed, Func<CancellationToken, Task<JsonElement>> read, string[] columns)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<string, string> printed = [];

    /// <returns>Returns when the user presses Ctrl+C, which is the normal way to stop.</returns>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        try
        {
            if (parsed.GetValue(Show.Json) || Console.IsOutputRedirected || !AnsiConsole.Profile.Capabilities.Ansi)
                await EachAsync(Print, cancel);
            else await AnsiConsole.Live(JsonTable.Of([], columns))
                .AutoClear(true)
                .StartAsync(screen => EachAsync(found => screen.UpdateTarget(JsonTable.Of(JobRows.Of(found), columns)), cancel));
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The user pressed Ctrl+C.
        }
        return Exits.Done;
    }

    private async Task EachAsync(Action<JsonElement> show, CancellationToken cancel)
    {
        using var pause = new PeriodicTimer(Interval, TimeProvider.System);
        do show(await read(cancel)); while (await pause.WaitForNextTickAsync(cancel));
    }

    /// <summary>Prints changes, oldest job first.</summary>
    private void Print(JsonElement found)
    {
        foreach (var job in found.GetProperty("jobs").EnumerateArray().Reverse())
        {
            var (id, now) = (JobRows.Text(job, "request_id"), $"{JobRows.StateOf(job)} {JobRows.ProgressOf(job)}".TrimEnd());
            if (printed.GetValueOrDefault(id) == now) continue;
            printed[id] = now;
            if (parsed.GetValue(Show.Json)) Show.Line(job);
            else Console.WriteLine($"job {id} ({JobRows.Text(job, "model")}): {now}");
        }
    }
}
