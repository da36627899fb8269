using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Rushes.Tests;

/// <summary>Ports for servers that are started later, or again.</summary>
internal static class Ports
{
    private static readonly ConcurrentDictionary<int, bool> Given = [];

    /// <summary>
    /// A free port below those that the system hands out to others meanwhile; none that this run has had, and none of S3Server.
    /// </summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_500, 32_000);
            if (port % 250 > 30 && IsFree(port) && Given.TryAdd(port, true)) return port;
        }
    }

    public static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
