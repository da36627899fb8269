using System.Globalization;
using Rushes.Programs;

namespace Rushes.Bench.Load;

/// <summary>The load of a closed loop: <c>wrk</c> with load.lua, each connection sending when it was answered.</summary>
internal static class Wrk
{
    /// <summary>
    /// One thread: a second one would take the processor from the server that is measured, on a machine with two.
    /// </summary>
    private const int Threads = 1;

    /// <param name="arguments">What load.lua is to send.</param>
    /// <exception cref="InvalidOperationException">A request failed.</exception>
    public static Task<Answered> RunAsync(Uri server, int seconds, params string[] arguments) =>
        RunAsync(server, 64, seconds, arguments);

    public static async Task<Answered> RunAsync(Uri server, int connections, int seconds, params string[] arguments)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "load.lua");
        var exit = await ChildProcess.RunAsync(
            new Command(
                "wrk",
                [
                    $"-t{Threads}", $"-c{connections}", $"-d{seconds}s", "--timeout", "30s", "-s", script, server.AbsoluteUri,
                    "--", .. arguments,
                ]),
            null, CancellationToken.None);
        if (exit.Output.Split("answered ") is not [_, var figures]
            || figures.Split(' ', '\n') is not
                [var rate, "failed", "0", "p50", var half, "p99", var tail, "bytes", var bytes, ..])
            throw new InvalidOperationException($"wrk: {exit.Output}{exit.Errors}");
        return new Answered(Number(rate), Number(half), Number(tail), Number(bytes));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

/// <param name="Rate">Answers a second.</param>
/// <param name="Half">The median time of an answer, in milliseconds.</param>
/// <param name="Tail">The 99th percentile, in milliseconds.</param>
/// <param name="Bytes">Received a second, unfinished answers included.</param>
internal sealed record Answered(double Rate, double Half, double Tail, double Bytes);
