using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Rushes.Programs;

/// <summary>
/// Starts other programs; no other code does. It sets their environment and limits, and leaves no process behind.
/// </summary>
public static class ChildProcess
{
    /// <summary>How long the output is read after the end of the program.</summary>
    private static readonly TimeSpan Background = TimeSpan.FromSeconds(5);

    /// <summary>When memory runs out, the kernel kills a child before the gateway.</summary>
    private const string KilledFirst = "500";

    /// <summary>
    /// Runs until the program exits, the time limit, or cancellation; in the last two cases it kills the whole process tree
    /// first. <paramref name="onLine"/> is called for each line of standard output. A program that it leaves running in the
    /// background is not waited for.
    /// </summary>
    /// <exception cref="Win32Exception">The program is not installed.</exception>
    public static async Task<Exit> RunAsync(Command command, Action<string>? onLine, CancellationToken cancel)
    {
        using var process = Start(command);
        using var limit = new CancellationTokenSource(command.Limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        using var kill = either.Token.Register(() => Kill(process));

        var (output, errors) = (new OutputTail(), new OutputTail());
        var read = Task.WhenAll(
            errors.ReadAsync(process.StandardError),
            onLine is null ? output.ReadAsync(process.StandardOutput) : LinesAsync(process.StandardOutput, onLine));
        await process.WaitForExitAsync(CancellationToken.None);
        // The pipes stay open as long as a program that it started in the background, such as a server.
        await read.WaitAsync(Background, TimeProvider.System, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (read.IsCompleted) await read;

        cancel.ThrowIfCancellationRequested();
        return new Exit(process.ExitCode, output.ToString(), errors.ToString(), limit.IsCancellationRequested);
    }

    /// <summary>
    /// Starts a program, with closed standard input unless the command keeps it; the caller reads its output and waits for its
    /// exit.
    /// </summary>
    /// <exception cref="Win32Exception">The program is not installed.</exception>
    public static Process Start(Command command)
    {
        var process = new Process { StartInfo = StartInfo(command) };
        if (command.OwnSession) Starter.Start(process);
        else process.Start();
        PreferToKill(process.Id);
        if (!command.KeepsInput) process.StandardInput.Close();
        return process;
    }

    /// <summary>The path of a program; null if it is not installed.</summary>
    public static string? Find(string program) => Folder.IsName(program)
        ? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => new Folder(folder).File(FileName(program), allowLink: true)).FirstOrDefault(File.Exists)
        : File.Exists(program) ? Path.GetFullPath(program) : null;

    private static string FileName(string program) => OperatingSystem.IsWindows() && !program.EndsWith(
        ".exe", StringComparison.OrdinalIgnoreCase) ? program + ".exe" : program;

    private static ProcessStartInfo StartInfo(Command command)
    {
        // Each of these executes the program that follows, so that the process id stays the same.
        List<string> line = [];
        if (command.OwnSession) line.AddRange(Installed("setsid"), "--");
        // A program that uses a GPU must not outlive a gateway or worker that crashed.
        if (command.OwnSession && Find("setpriv") is { } setpriv) line.AddRange(setpriv, "--pdeathsig", "KILL", "--");
        if (command.MaxMemory is { } most && OperatingSystem.IsLinux())
            line.AddRange(Installed("prlimit"), $"--data={most}", "--core=0", "--");
        line.AddRange([Installed(command.Program), .. command.Arguments]);

        var start = new ProcessStartInfo(line[0], line[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        if (command.Folder is not null) start.WorkingDirectory = command.Folder;
        command.Environment.WriteTo(start.Environment);
        return start;
    }

    private static string Installed(string program) =>
        Find(program) ?? throw new Win32Exception(2, $"{program} is not on the PATH.");

    private static void PreferToKill(int process)
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/oom_score_adj"), KilledFirst);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has exited already, or the system has no such setting.
        }
    }

    private static async Task LinesAsync(StreamReader reader, Action<string> onLine)
    {
        var lines = new LineReader(reader);
        while (await lines.ReadAsync() is { } line) onLine(line);
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has exited meanwhile.
        }
    }
}
