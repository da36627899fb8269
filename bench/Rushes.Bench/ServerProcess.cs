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
    public long PeakMemory
    {
        get
        {
            var line = File.ReadLines($"/proc/{process.Id}/status").First(
                line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>What it used of the processors so far.</summary>
    public TimeSpan Processor
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>The gateway as <c>./rushes serve</c> starts it, without workers.</summary>
    public static Task<ServerProcess> GatewayAsync(string data) => GatewayAsync(Folders.Repository, data);

    /// <param name="folder">The repository of the version to start, built for release.</param>
    public static Task<ServerProcess> GatewayAsync(string folder, string data) => StartAsync(
        Path.Combine(folder, "src/Rushes.Cli/bin/Release/net10.0/Rushes.Cli.dll"),
        "serve", "--urls", "http://127.0.0.1:0", "--data", data, "--workers", "0", "--api-key", Key);

    /// <summary>The gateway with one worker on a ComfyUI server.</summary>
    public static Task<ServerProcess> GatewayAsync(string data, Uri comfy) => StartAsync(
        Path.Combine(Folders.Repository, "src/Rushes.Cli/bin/Release/net10.0/Rushes.Cli.dll"),
        "serve", "--urls", "http://127.0.0.1:0", "--data", data, "--workers", "1", "--engine", $"comfyui={comfy}",
        "--api-key", Key);

    public static Task<ServerProcess> BareAsync() => StartAsync(typeof(ServerProcess).Assembly.Location, "bare");

    /// <param name="video">The file that every prompt makes; null: a few bytes.</param>
    public static Task<ServerProcess> ComfyAsync(int milliseconds, string? video = null) => StartAsync(
    [
        typeof(ServerProcess).Assembly.Location, "comfy-server", milliseconds.ToString(CultureInfo.InvariantCulture),
        .. video is null ? Array.Empty<string>() : [video],
    ]);

    /// <summary>Runs a .NET program to its end.</summary>
    public static async Task<string> OutputAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"{string.Join(' ', command)} ended with code {process.ExitCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task<ServerProcess> StartAsync(params string[] command)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.Split(" on http") is not [_, var rest]) continue;
            _ = process.StandardOutput.ReadToEndAsync();
            return new ServerProcess(process, new Uri("http" + rest));
        }
        throw new InvalidOperationException($"{string.Join(' ', command)} ended before it was ready.");
    }
}
