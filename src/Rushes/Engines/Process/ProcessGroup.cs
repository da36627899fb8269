using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Child = System.Diagnostics.Process;

namespace Rushes.Engines.Process;

/// <param name="Folder">Its working folder.</param>
/// <param name="Scratch">Its private folder: temporary files go there, and all processes it starts are known by it.</param>
internal sealed record ProgramStart(string Program, IReadOnlyList<string> Arguments, string Folder, string Scratch)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>
/// A program in a session and process group of its own, and whatever it starts. Nothing of it outlives
/// <see cref="Ended"/>: those that left the group are found by a mark in their environment.
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

    /// <summary>Its exit code, 128 and the signal's number when killed; after all its processes are gone and all output is read.</summary>
    public Task<int> Ended { get; }

    /// <summary>The last 64 KB it printed.</summary>
    public string Tail => tail.ToString();

    /// <param name="onLine">Called by two tasks, one a stream.</param>
    /// <param name="grace">From SIGTERM to SIGKILL.</param>
    public static ProcessGroup Start(ProgramStart start, Action<OutputLine> onLine, TimeSpan grace, TimeProvider clock)
    {
        // setsid(1) makes the session and then becomes the program: the process id is the group's too.
        var info = new ProcessStartInfo("setsid", ["--", start.Program, .. start.Arguments])
        {
            WorkingDirectory = start.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        // Settings of the gateway may be secrets.
        foreach (var name in info.Environment.Keys.Where(name => name.StartsWith("RUSHES_", StringComparison.OrdinalIgnoreCase)).ToList())
            info.Environment.Remove(name);
        info.Environment["TMPDIR"] = new Folder(start.Scratch).Sub("tmp").Create().FullPath;
        foreach (var (name, value) in start.Environment) info.Environment[name] = value;
        info.Environment[Mark] = start.Scratch;

        var process = Child.Start(info)!;
        process.StandardInput.Close();
        return new ProcessGroup(process, start.Scratch, onLine, grace, clock);
    }

    /// <summary>Asks the group to end by SIGTERM, kills it when it has not, and waits until it is gone.</summary>
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

    /// <summary>Kills every process that was started for this folder or one below it, such as by a gateway that crashed.</summary>
    public static void KillLeftovers(string folder)
    {
        // One that is just forking may be missed once.
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
                if (at < 0 || (at + mark.Length < environment.Length && environment[at + mark.Length] is not (0 or (byte)'/'))) continue;
                if (kill(found, Kill) == 0) killed++;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile, or is another user's.
            }
        }
        return killed;
    }

    private async Task<int> EndAsync(Task output, Task errors)
    {
        await process.WaitForExitAsync(CancellationToken.None);
        _ = kill(-id, Kill);
        KillLeftovers(scratch);
        // The pipes close with the last process that holds them; one that hid itself well must not hold us up.
        await Task.WhenAll(output, errors).WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    /// <summary>To the group, or to the process alone while it has not made its group yet.</summary>
    private void Signal(int signal)
    {
        if (kill(-id, signal) != 0) _ = kill(id, signal);
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);
}
