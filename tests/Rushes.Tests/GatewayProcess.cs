using System.Diagnostics;
using System.Net.Http.Headers;

namespace Rushes.Tests;

/// <summary>The real program in a separate process, which tests can stop or kill.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly List<string> output = [];
    private readonly Dictionary<string, int> searched = [];
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int ended;

    private GatewayProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Http = new HttpClient();
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestGateway.Key);
    }

    public HttpClient Http { get; }

    public int Id => process.Id;

    /// <summary>All lines it has printed until now.</summary>
    public IReadOnlyList<string> Output
    {
        get
        {
            lock (output) return [.. output];
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<GatewayProcess> StartAsync(string data, int workers, CancellationToken cancel, params string[] more)
    {
        string[] urls = more.Contains("--urls") ? [] : ["--urls", "http://127.0.0.1:0"];
        var gateway = Launch(["serve", .. urls, "--data", data, "--workers", $"{workers}", .. more], TestGateway.Key);
        try
        {
            var ready = await gateway.WaitForAsync("is ready on", cancel)
                ?? throw new InvalidOperationException(string.Join('\n', gateway.Output));
            gateway.Http.BaseAddress = new Uri(ready.Split(" on ")[1].Split(',')[0]);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>In a network namespace.</summary>
    public static GatewayProcess LaunchIn(
        string space, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Launch("ip", ["netns", "exec", space, "dotnet"], arguments, TestGateway.Key, environment);

    /// <summary>With a umask that makes new files readable by others.</summary>
    public static GatewayProcess LaunchWithUmask(string umask, IEnumerable<string> arguments, string? key) =>
        Launch("bash", ["-c", $"umask {umask}; exec dotnet \"$@\"", "bash"], arguments, key, []);

    /// <summary>
    /// As in a container of deploy/: the whole disk is read-only except one folder, and there are no capabilities.
    /// </summary>
    public static GatewayProcess LaunchConfined(string folder, IEnumerable<string> arguments) => Launch(
        "unshare",
        [
            "--mount", "bash", "-c",
            "mount --make-rprivate / && mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind / && "
                + "exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs \"${@:2}\"",
            "bash", folder, "dotnet",
        ],
        arguments, TestGateway.Key, [("TMPDIR", folder), ("HOME", "/nonexistent")]);

    /// <summary>As a user without privileges, for whom one process may be closed to another of the same user.</summary>
    public static GatewayProcess LaunchUnprivileged(
        IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        Launch(Unprivileged[0], [.. Unprivileged[1..], "dotnet"], arguments, TestGateway.Key, environment);

    /// <summary>Runs what follows without the privileges of root, which include inspecting every process.</summary>
    public static string[] Unprivileged { get; } = Environment.IsPrivilegedProcess
        ? ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
        : ["env"];

    /// <summary>Any command line of the program.</summary>
    public static GatewayProcess Launch(
        IEnumerable<string> arguments, string? key, params (string Name, string Value)[] environment) =>
        Launch("dotnet", [], arguments, key, environment);

    /// <summary>
    /// Waits for a line that contains the text, after the one that the last wait for this text returned; null if the process
    /// ended without one. It does not matter which lines other waits have passed: lines of the two streams have no fixed order.
    /// </summary>
    public async Task<string?> WaitForAsync(string text, CancellationToken cancel)
    {
        while (true)
        {
            Task next;
            lock (output)
            {
                var first = searched.GetValueOrDefault(text);
                var at = output.FindIndex(first, line => line.Contains(text, StringComparison.Ordinal));
                searched[text] = at < 0 ? output.Count : at + 1;
                if (at >= 0) return output[at];
                // Both of its streams have ended.
                if (ended == 2) return null;
                next = more.Task;
            }
            await next.WaitAsync(cancel);
        }
    }

    /// <summary>Sends SIGKILL.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Sends a signal, such as STOP or CONT.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Sends SIGTERM and returns the exit code.</summary>
    public async Task<int> StopAsync(CancellationToken cancel)
    {
        await SignalAsync("TERM");
        await process.WaitForExitAsync(cancel);
        return process.ExitCode;
    }

    public async Task<int> ExitAsync(CancellationToken cancel)
    {
        await process.WaitForExitAsync(cancel);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!process.HasExited) await KillAsync();
        process.Dispose();
    }

    private static GatewayProcess Launch(
        string program, string[] before, IEnumerable<string> arguments, string? key, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(
            program, [.. before, Path.Combine(AppContext.BaseDirectory, "Rushes.Cli.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (key is not null) start.Environment["RUSHES_API_KEY"] = key;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new GatewayProcess(new Process { StartInfo = start });
    }

    private void Take(string? line)
    {
        TaskCompletionSource waited;
        lock (output)
        {
            if (line is null) ended++;
            else output.Add(line);
            (waited, more) = (more, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        waited.SetResult();
    }
}
