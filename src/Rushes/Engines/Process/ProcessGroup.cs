using System.Runtime.InteropServices;
using System.Text;
using Rushes.Programs;
using Child = System.Diagnostics.Process;

namespace Rushes.Engines.Process;

/// <param name="Folder">Its working folder.</param>
/// <param name="Scratch">Its private folder, for temporary files; all processes that it starts are identified by it.</param>
internal sealed record ProgramStart(string Program, IReadOnlyList<string> Arguments, string Folder, string Scratch)
{
    /// <summary>Its folder for settings and caches that are kept; null: the private folder.</summary>
    public string? Home { get; init; }

    /// <summary>Names of the gateway's variables that the engine file passes on.</summary>
    public IReadOnlyList<string> PassEnvironment { get; init; } = [];

    /// <summary>The variables set by the engine file.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// A program in its own session and process group, with all processes that it starts. None of them outlives <see
/// cref="Ended"/>; those that left the group are found by a variable in their environment.
/// </summary>
internal sealed class ProcessGroup
{
    private const string Mark = "RUSHES_RUN";
    private const int Terminate = 15, Kill = 9;

    private readonly Child process;
    private readonly int id;
    private readonly string scratch;
    private readonly OutputTail tail = new();
    private readonly TimeSpan grace;
    private readonly TimeProvider clock;

    private ProcessGroup(Child process, string scratch, Action<OutputLine> onLine, TimeSpan grace, TimeProvider clock)
    {
        (this.process, id, this.scratch, this.grace, this.clock) = (process, process.Id, scratch, grace, clock);
        Ended = EndAsync(
            ReadAsync(process.StandardOutput, new OutputLines(isError: false, onLine)),
            ReadAsync(process.StandardError, new OutputLines(isError: true, onLine)));
    }

    /// <summary>
    /// Its exit code, or 128 plus the signal's number if it was killed. Completes after all its processes have ended and all
    /// output was read.
    /// </summary>
    public Task<int> Ended { get; }

    /// <summary>The last 64 KB of its output.</summary>
    public string Tail => tail.ToString();

    /// <param name="onLine">Called by two tasks, one per stream.</param>
    /// <param name="grace">From SIGTERM to SIGKILL.</param>
    public static ProcessGroup Start(ProgramStart start, Action<OutputLine> onLine, TimeSpan grace, TimeProvider clock)
    {
        var scratch = new Folder(start.Scratch);
        var command = new Command(start.Program, start.Arguments)
        {
            Folder = start.Folder,
            OwnSession = true,
            Environment = new ChildEnvironment
            {
                Home = (start.Home is null ? scratch.Sub("home") : new Folder(start.Home)).Create().FullPath,
                Temporary = scratch.Sub("tmp").Create().FullPath,
                Pass = start.PassEnvironment,
                Variables = new Dictionary<string, string>(start.Environment) { [Mark] = start.Scratch },
            },
        };
        var process = ChildProcess.Start(command);
        return new ProcessGroup(process, start.Scratch, onLine, grace, clock);
    }

    /// <summary>Sends SIGTERM to the group, then SIGKILL, and waits until it has ended.</summary>
    public async Task StopAsync()
    {
        if (!Ended.IsCompleted)
        {
            Signal(Terminate);
            await ((Task)Ended).WaitAsync(grace, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!Ended.IsCompleted) Signal(Kill);
        }
        await Ended;
    }

    /// <summary>
    /// Kills all processes that were started for this folder or one below it, for example by a gateway that crashed.
    /// </summary>
    public static void KillLeftovers(string folder)
    {
        if (!OperatingSystem.IsLinux()) return;
        // A process that is just forking may be missed once.
        for (var round = 0; round < 5; round++)
            if (KillMarked(folder) == 0) return;
    }

    private static int KillMarked(string folder)
    {
        var mark = Encoding.UTF8.GetBytes($"{Mark}={folder}");
        var killed = 0;
        foreach (var path in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(path), out var found) || found == Environment.ProcessId) continue;
            try
            {
                var environment = File.ReadAllBytes(new Folder(path).File("environ"));
                var at = environment.AsSpan().IndexOf(mark);
                if (at < 0 || (at + mark.Length < environment.Length && environment[at + mark.Length] is not (0 or (byte)'/')))
                    continue;
                if (kill(found, Kill) == 0) killed++;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or belongs to another user.
            }
        }
        return killed;
    }

    private async Task<int> EndAsync(Task output, Task errors)
    {
        await process.WaitForExitAsync(CancellationToken.None);
        _ = kill(-id, Kill);
        KillLeftovers(scratch);
        // The pipes close with the last process that has them open; a well-hidden one must not block this.
        await Task.WhenAll(output, errors)
            .WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var code = process.ExitCode;
        process.Dispose();
        return code;
    }

    private async Task ReadAsync(StreamReader reader, OutputLines lines)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            tail.Write(buffer.AsSpan(0, count));
            lines.Write(buffer.AsSpan(0, count));
        }
    }

    /// <summary>To the group, or to the process until it has created its group.</summary>
    private void Signal(int signal)
    {
        if (kill(-id, signal) != 0) _ = kill(id, signal);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);
}
