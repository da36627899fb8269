using System.Diagnostics;
using System.Text;

namespace Rushes.Media;

/// <summary>A program to run: an argument list, never a shell line.</summary>
public sealed record Command(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Its working folder; the caller's when null.</summary>
    public string? Folder { get; init; }

    /// <summary>Killed after this long. Default 10 minutes.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(10);
}

/// <param name="Output">Standard output, at most its last 64 KB; empty when lines were handed out.</param>
/// <param name="Errors">The last 64 KB of standard error.</param>
public sealed record Exit(int Code, string Output, string Errors, bool TimedOut)
{
    public bool Ok => Code == 0 && !TimedOut;
}

/// <summary>Runs other programs and never leaves one behind.</summary>
public static class ChildProcess
{
    private const int Kept = 64 * 1024;

    /// <summary>
    /// Runs to the end, to the limit, or until cancelled; in the last two cases the whole process tree is killed first.
    /// <paramref name="onLine"/> gets each line of standard output as it comes.
    /// </summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program is not installed.</exception>
    public static async Task<Exit> RunAsync(Command command, Action<string>? onLine, CancellationToken cancel)
    {
        using var process = new Process { StartInfo = StartInfo(command) };
        process.Start();
        process.StandardInput.Close();

        using var limit = new CancellationTokenSource(command.Limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var kill = either.Token.Register(() => Kill(process));

        var errors = TailAsync(process.StandardError);
        var output = onLine is null ? TailAsync(process.StandardOutput) : LinesAsync(process.StandardOutput, onLine);
        await Task.WhenAll(errors, output);
        await process.WaitForExitAsync(CancellationToken.None);

        cancel.ThrowIfCancellationRequested();
        return new Exit(process.ExitCode, output.Result, errors.Result, limit.IsCancellationRequested);
    }

    private static ProcessStartInfo StartInfo(Command command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (command.Folder is not null) start.WorkingDirectory = command.Folder;
        return start;
    }

    private static async Task<string> LinesAsync(StreamReader reader, Action<string> onLine)
    {
        while (await reader.ReadLineAsync() is { } line) onLine(line);
        return "";
    }

    private static async Task<string> TailAsync(StreamReader reader)
    {
        var tail = new StringBuilder();
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            tail.Append(buffer, 0, count);
            if (tail.Length > 2 * Kept) tail.Remove(0, tail.Length - Kept);
        }
        return tail.Length > Kept ? tail.ToString(tail.Length - Kept, Kept) : tail.ToString();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself meanwhile.
        }
    }
}
