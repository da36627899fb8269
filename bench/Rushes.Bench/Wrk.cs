using System.Globalization;
using Rushes.Programs;

namespace Rushes.Bench;

/// <summary>The load: <c>wrk -t2 -c64</c> with load.lua.</summary>
internal static class Wrk
{
    /// <summary>Answers a second.</summary>
    /// <param name="arguments">What load.lua is to send.</param>
    /// <exception cref="InvalidOperationException">A request failed.</exception>
    public static async Task<double> RunAsync(Uri server, int seconds, params string[] arguments)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "load.lua");
        var exit = await ChildProcess.RunAsync(
            new Command("wrk", ["-t2", "-c64", $"-d{seconds}s", "-s", script, server.AbsoluteUri, "--", .. arguments]), null,
            CancellationToken.None);
        if (exit.Output.Split("answered ") is not [_, var figures]
            || figures.Split(' ', '\n') is not [var rate, "failed", "0", ..])
            throw new InvalidOperationException($"wrk: {exit.Output}{exit.Errors}");
        return double.Parse(rate, CultureInfo.InvariantCulture);
    }
}
