using System.Diagnostics;

namespace Rushes.Tests.Faults;

/// <summary>Network namespaces, each connected to this machine. Requires root and iproute2.</summary>
internal sealed class Namespaces : IAsyncDisposable
{
    private const int MaxCount = 4;

    private static int made;

    private readonly int count;
    private readonly string name;
    private readonly string network;
    private readonly int block = Environment.ProcessId % 50 * (MaxCount + 1);

    private Namespaces(int count)
    {
        this.count = count;
        // Apart from each other, and from those of other test runs on this machine.
        var number = Interlocked.Increment(ref made);
        (name, network) = ($"r{Environment.ProcessId % 100000}n{number}", $"198.{18 + number % 2}");
    }

    /// <summary>An address of this machine that all of them can reach.</summary>
    public string Host => $"{network}.{block + MaxCount}.1";

    /// <summary>Null if they cannot be created.</summary>
    public static async Task<Namespaces?> MakeAsync(int count, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxCount);
        var made = new Namespaces(count);
        var commands = new List<string> { $"addr add {made.Host}/32 dev lo" };
        for (var at = 0; at < count; at++)
        {
            var (space, cable) = (made.SpaceOf(at), made.CableOf(at));
            commands.AddRange([
                $"netns add {space}", $"link add {cable} type veth peer name eth0 netns {space}",
                $"addr add {made.GatewayOf(at)}/30 dev {cable}", $"link set {cable} up",
                $"-n {space} addr add {made.network}.{made.block + at}.2/30 dev eth0", $"-n {space} link set eth0 up",
                $"-n {space} link set lo up",
                $"-n {space} route add default via {made.GatewayOf(at)}",
            ]);
        }
        foreach (var command in commands)
        {
            if (await IpAsync(command, cancel)) continue;
            await made.DisposeAsync();
            return null;
        }
        return made;
    }

    /// <summary>The address of this machine for that namespace.</summary>
    public string GatewayOf(int at) => $"{network}.{block + at}.1";

    public GatewayProcess Launch(int at, IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        GatewayProcess.LaunchIn(SpaceOf(at), arguments, environment);

    public Task CutAsync(int at) => MustAsync($"link set {CableOf(at)} down");

    public Task JoinAsync(int at) => MustAsync($"link set {CableOf(at)} up");

    public async ValueTask DisposeAsync()
    {
        // The cable goes with its end; one that was never pulled in has to go by itself.
        for (var at = 0; at < count; at++)
        {
            await IpAsync($"link del {CableOf(at)}", CancellationToken.None);
            await IpAsync($"netns del {SpaceOf(at)}", CancellationToken.None);
        }
        await IpAsync($"addr del {Host}/32 dev lo", CancellationToken.None);
    }

    private string SpaceOf(int at) => $"{name}s{at}";

    private string CableOf(int at) => $"{name}c{at}";

    private static async Task MustAsync(string command)
    {
        if (!await IpAsync(command, CancellationToken.None)) throw new InvalidOperationException($"ip {command} failed");
    }

    private static async Task<bool> IpAsync(string command, CancellationToken cancel)
    {
        try
        {
            using var ip = Process.Start(new ProcessStartInfo("ip", command.Split(' ')) { RedirectStandardError = true })!;
            await ip.WaitForExitAsync(cancel);
            return ip.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
