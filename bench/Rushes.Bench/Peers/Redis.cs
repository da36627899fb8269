using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rushes.Bench.Peers;

/// <summary>A Redis that has written a change to disk when it answers, as the gateway does.</summary>
internal static class Redis
{
    public static Task<ServerProcess> StartAsync(string folder)
    {
        var port = Ports.Free().ToString(CultureInfo.InvariantCulture);
        return ServerProcess.StartAsync(
            "redis-server",
            [
                "--port", port, "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--appendfsync", "always",
                "--save", "", "--auto-aof-rewrite-percentage", "0",
            ],
            new Uri($"redis://127.0.0.1:{port}"), "Ready to accept connections");
    }
}

internal static class Ports
{
    /// <summary>A port that nothing listens on now.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
