using System.Diagnostics;
using System.Text;
using System.Threading.Channels;

namespace Rushes.Tests.Cli;

/// <summary>Runs the real program on a pseudo-terminal or with pipes.</summary>
internal sealed class Terminal : IAsyncDisposable
{
    private readonly Process process;
    private readonly Channel<string> pieces = Channel.CreateUnbounded<string>();
    private readonly StringBuilder shown = new();
    private readonly Task<byte[]> output;
    private readonly Task errors;
    private int open = 2;

    private Terminal(ProcessStartInfo start)
    {
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        process = Process.Start(start)!;
        output = ReadAsync(process.StandardOutput.BaseStream);
        errors = ReadAsync(process.StandardError.BaseStream);
    }

    /// <summary>The output of both streams.</summary>
    public string Shown
    {
        get
        {
            lock (shown) return shown.ToString();
        }
    }

    /// <summary>Completes when both output streams of the program have ended.</summary>
    public Task Ended => Task.WhenAll(output, errors);

    /// <summary>On a pseudo-terminal, 100 columns wide.</summary>
    public static Terminal Open(Dictionary<string, string> environment, params string[] arguments) =>
        Open(environment, 100, arguments);

    public static Terminal Open(Dictionary<string, string> environment, int columns, params string[] arguments) =>
        // The shell's own quoting suffices for what tests pass.
        new(
            Start(
                "script",
                [
                    "-qefc", $"stty cols {columns}; exec {string.Join(' ', Line(arguments).Select(word => $"'{word}'"))}",
                    "/dev/null",
                ],
                environment));

    /// <summary>With pipes.</summary>
    public static Terminal Pipe(Dictionary<string, string> environment, params string[] arguments) =>
        new(Start(Line(arguments)[0], Line(arguments)[1..], environment));

    /// <summary>With pipes, until it ends.</summary>
    public static async Task<(int Exit, string Output, string Shown)> RunAsync(
        Dictionary<string, string> environment, string[] arguments, CancellationToken cancel, string input = "")
    {
        await using var run = Pipe(environment, arguments);
        await run.TypeAsync(input);
        run.process.StandardInput.Close();
        var exit = await run.ExitAsync(cancel);
        return (exit, Encoding.UTF8.GetString(await run.OutputAsync()).Trim(), run.Shown);
    }

    public async Task TypeAsync(string keys)
    {
        await process.StandardInput.WriteAsync(keys);
        await process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until the text is shown; false if the program ended without it.</summary>
    public async Task<bool> ShowsAsync(string text, CancellationToken cancel)
    {
        while (!Shown.Contains(text, StringComparison.Ordinal))
            if (!await pieces.Reader.WaitToReadAsync(cancel)) return Shown.Contains(text, StringComparison.Ordinal);
            else pieces.Reader.TryRead(out _);
        return true;
    }

    public async Task<int> ExitAsync(CancellationToken cancel)
    {
        await process.WaitForExitAsync(cancel);
        await Ended.WaitAsync(cancel);
        return process.ExitCode;
    }

    /// <summary>The standard output, as bytes.</summary>
    public Task<byte[]> OutputAsync() => output;

    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>
    /// Ctrl+C reaches it, also where whoever started the tests lets them ignore it, as a script's <c>&amp;</c> does.
    /// </summary>
    private static string[] Line(string[] arguments) =>
        ["env", "--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "Rushes.Cli.dll"), .. arguments];

    private static ProcessStartInfo Start(string program, IEnumerable<string> arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments);
        foreach (var name in new[] { "RUSHES_URL", "RUSHES_API_KEY", "RUSHES_DATA" }) start.Environment.Remove(name);
        start.Environment["TERM"] = "xterm";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }

    private async Task<byte[]> ReadAsync(Stream stream)
    {
        using var all = new MemoryStream();
        var buffer = new byte[4096];
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            all.Write(buffer, 0, read);
            lock (shown) shown.Append(Encoding.UTF8.GetString(buffer, 0, read));
            pieces.Writer.TryWrite("");
        }
        if (Interlocked.Decrement(ref open) == 0) pieces.Writer.TryComplete();
        return all.ToArray();
    }
}
