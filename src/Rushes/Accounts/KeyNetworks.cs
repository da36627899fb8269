using System.Net;
using System.Net.Sockets;

namespace Rushes.Accounts;

/// <summary>The networks in which a key is valid, as text: <c>10.1.0.0/16, 2001:db8::/32, 192.0.2.7</c>.</summary>
public static class KeyNetworks
{
    /// <summary>Returns false if a part, <paramref name="bad"/>, is neither an address nor a network.</summary>
    public static bool TryParse(string text, out IReadOnlyList<IPNetwork> networks, out string bad)
    {
        var found = new List<IPNetwork>();
        (networks, bad) = (found, "");
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (IPNetwork.TryParse(part, out var network)) found.Add(network);
            else if (IPAddress.TryParse(part, out var address))
                found.Add(new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128));
            else
            {
                bad = part;
                return false;
            }
        }
        return true;
    }

    /// <summary>
    /// Whether the key is valid for a client. A client without an address, such as one of a Unix socket, can only use keys
    /// without networks.
    /// </summary>
    public static bool Allow(IReadOnlyList<IPNetwork> networks, IPAddress? client)
    {
        if (networks.Count == 0) return true;
        if (client is null) return false;

        // A dual-stack socket shows IPv4 clients as ::ffff:192.0.2.7.
        if (client.IsIPv4MappedToIPv6) client = client.MapToIPv4();
        foreach (var network in networks)
            if (network.Contains(client)) return true;
        return false;
    }
}
