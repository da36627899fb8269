using System.Diagnostics;

namespace Rushes.Mutants;

/// <summary>Runs a program and reads what it prints.</summary>
internal static class Tool
{
    /// <param name="limit">It is killed then, with everything that it started.</param>
    /// <returns>Its exit code, null if it was killed, and its standard output.</returns>
    public static async Task<(int? Exit, string Output)> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan? limit = null, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        using var end = limit is { } time ? new CancellationTokenSource(time) : new CancellationTokenSource();
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(end.Token);
            await process.WaitForExitAsync(end.Token);
            return (process.ExitCode, output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return (null, "");
        }
    }
}
