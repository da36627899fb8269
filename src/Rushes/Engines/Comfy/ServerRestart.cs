using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Rushes.Jobs;
using Rushes.Programs;

namespace Rushes.Engines.Comfy;

/// <summary>Restarts a stuck server with the operator's command, a few times an hour at most.</summary>
internal sealed class ServerRestart(ComfyOptions options, TimeProvider clock, ILogger log)
{
    /// <summary>The maximum number of restarts within <see cref="Period"/>.</summary>
    public const int MaxRestarts = 3;

    public static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>How long a server has to respond and work after a restart.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Variables that programs such as systemctl and docker need. None of them is a secret.</summary>
    private static readonly string[] Passed = ["USER", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "DOCKER_HOST"];

    private readonly RestartTimes times = new(options.Server, options.RestartsFolder);

    /// <param name="reason">What is wrong with the server, and what to do about it.</param>
    /// <returns>What is known about the server afterwards.</returns>
    public async Task<Checkup> RunAsync(string reason, CancellationToken cancel)
    {
        if (options.Restart.Count == 0) return new Checkup.Broken(reason);
        var now = clock.GetUtcNow();
        var against = times.Add(
            now, Period, starts => starts.Count >= MaxRestarts ? $"it was already restarted {MaxRestarts} times within an hour"
                : starts.Count > 0 && now - starts.Max() < Pause ? "it was already restarted within the last five minutes"
                : null);
        if (against is not null) return new Checkup.Broken($"{reason}; {against}");

        log.ComfyRestarting(options.Server, reason);
        var fault = await StartAsync(options.Restart[0], [.. options.Restart.Skip(1).Select(Filled)], cancel);
        if (fault is null) return new Checkup.DoesNotAnswer($"{options.Server} was restarted and does not respond yet");
        log.ComfyRestartFailed(options.Server, fault);
        return new Checkup.Broken($"{reason}; the restart command {fault}");
    }

    /// <summary>Null if it succeeded.</summary>
    private static async Task<string?> StartAsync(string program, string[] arguments, CancellationToken cancel)
    {
        var environment = new ChildEnvironment { Home = Environment.GetEnvironmentVariable("HOME"), Pass = Passed };
        try
        {
            var exit = await ChildProcess.RunAsync(
                new Command(program, arguments) { Limit = Limit, Environment = environment }, null, cancel);
            return exit.Ok ? null
                : exit.TimedOut ? $"did not end within {Limit.TotalMinutes:0} minutes"
                : $"ended with exit code {exit.Code}: {BoundedText.Line(Excerpt.End(exit.Errors.Trim(), 300), 300)}";
        }
        catch (Win32Exception error)
        {
            return $"cannot be started: {error.Message}";
        }
    }

    private string Filled(string argument) => argument
        .Replace("{server}", options.Server.AbsoluteUri, StringComparison.Ordinal)
        .Replace("{host}", options.Server.Host, StringComparison.Ordinal)
        .Replace("{port}", options.Server.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
