using System.Diagnostics;
using System.Globalization;

namespace Rushes.Bench;

/// <summary>A server in a process of its own, as in life.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    public const string Key = "a-key-of-the-benchmarks-alone";

    private readonly Process process;

    private ServerProcess(Process process, Uri address) => (this.process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>The most memory it ever held, in bytes.</summary>
    public long PeakMemory => ProcStatus("VmHWM:");

    /// <summary>The memory it holds now, in bytes.</summary>
    public long Memory => ProcStatus("VmRSS:");

    /// <summary>Bytes that it caused to be written to a disk so far.</summary>
    public long Written => ProcNumber("io", "write_bytes:");

    /// <summary>What it used of the processors so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>The gateway as <c>./rushes serve</c> starts it; without workers unless the settings say how many.</summary>
    public static Task<ServerProcess> GatewayAsync(string data, params string[] settings) =>
        GatewayOfAsync(Folders.Repository, data, settings);

    /// <param name="folder">The repository of the version to start, built for release.</param>
    public static Task<ServerProcess> GatewayOfAsync(string folder, string data, params string[] settings) => StartAsync(
        "dotnet",
        [
            Path.Combine(folder, "src/Rushes.Cli/bin/Release/net10.0/Rushes.Cli.dll"),
            "serve", "--urls", "http://127.0.0.1:0", "--data", data, "--api-key", Key,
            .. settings.Contains("--workers") ? [] : (string[])["--workers", "0"], .. settings,
        ]);

    public static Task<ServerProcess> BareAsync(params string[] arguments) =>
        StartAsync("dotnet", [typeof(ServerProcess).Assembly.Location, "bare", .. arguments]);

    /// <param name="video">The file that every prompt makes; null: a few bytes.</param>
    public static Task<ServerProcess> ComfyAsync(int milliseconds, string? video = null) => StartAsync(
        "dotnet",
        [
            typeof(ServerProcess).Assembly.Location, "comfy-server", milliseconds.ToString(CultureInfo.InvariantCulture),
            .. video is null ? Array.Empty<string>() : [video],
        ]);

    /// <summary>Runs a program to its end.</summary>
    public static async Task<string> OutputAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}.");
    }

    /// <summary>Runs this program with other arguments, in a process of its own.</summary>
    public static Task<string> OwnOutputAsync(params string[] arguments) =>
        OutputAsync("dotnet", [typeof(ServerProcess).Assembly.Location, .. arguments]);

    /// <summary>Ends it with SIGKILL, as a crash would.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    /// <param name="ready">What precedes the address in the line that says it is ready.</param>
    /// <param name="scheme">Begins the address.</param>
    public static async Task<ServerProcess> StartAsync(
        string program, IEnumerable<string> arguments, string ready = " on ", string scheme = "http")
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split(ready + scheme) is not [_, var rest]) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new ServerProcess(process, new Uri(scheme + rest));
        }
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended before it was ready.");
    }

    /// <summary>Starts a program whose address is known and that says when it is ready.</summary>
    public static async Task<ServerProcess> StartAsync(
        string program, IEnumerable<string> arguments, Uri address, string ready)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.Contains(ready, StringComparison.Ordinal)) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new ServerProcess(process, address);
        }
        throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended before it was ready.");
    }

    private long ProcStatus(string name) => ProcNumber("status", name) * 1024;

    private long ProcNumber(string file, string name)
    {
        var line = File.ReadLines($"/proc/{process.Id}/{file}").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
