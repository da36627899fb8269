using System.Net;
using System.Net.Sockets;

namespace Rushes.Outbound;

/// <summary>
/// Addresses that are not on the public internet: IANA's special-purpose registries (RFC 6890 and its updates), multicast,
/// IPv6 formats that contain an IPv4 address, and cloud metadata services.
/// </summary>
internal static class ReservedAddresses
{
    private static readonly IPNetwork[] V4 =
    [
        .. Networks(
            "0.0.0.0/8", // "this network"; 0.0.0.0 connects to the machine itself
            "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", // private
            "100.64.0.0/10", // carrier-grade NAT
            "127.0.0.0/8", "169.254.0.0/16", // loopback, link-local
            "192.0.0.0/24", // protocol assignments
            "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", // documentation
            "192.88.99.0/24", // the former 6to4 relays
            "198.18.0.0/15", // benchmarks
            "224.0.0.0/4", "240.0.0.0/4"), // multicast; reserved, with broadcast
    ];

    // Only 2000::/3 is assigned as global unicast; loopback, unique local, link-local, site-local, multicast, discard,
    // IPv4-compatible and 64:ff9b:1::/48 (local NAT64) are outside it.
    private static readonly IPNetwork Unicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] InUnicast =
    [
        .. Networks(
            "2001::/23", // protocol assignments; Teredo, which carries an IPv4 address
            "2001:db8::/32", "3fff::/20", // documentation
            "2002::/16"), // 6to4: withdrawn, and it carries an IPv4 address
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    // Some of these are in no reserved network: 168.63.129.16 is a public address except in Azure.
    private static readonly IPAddress[] Metadata =
    [
        IPAddress.Parse("169.254.169.254"), IPAddress.Parse("fd00:ec2::254"), // most clouds
        IPAddress.Parse("fd20:ce::254"), // Google
        IPAddress.Parse("169.254.170.2"), IPAddress.Parse("169.254.170.23"), IPAddress.Parse("fd00:ec2::23"), // AWS containers
        IPAddress.Parse("168.63.129.16"), // Azure
        IPAddress.Parse("100.100.100.200"), // Alibaba
        IPAddress.Parse("192.0.0.192"), // Oracle
    ];

    /// <param name="address">Not IPv4-mapped: unmap it first.</param>
    public static bool Contains(IPAddress address)
    {
        if (IsMetadata(address)) return true;
        if (address.AddressFamily == AddressFamily.InterNetwork) return Array.Exists(V4, one => one.Contains(address));

        // IPv6-only networks reach IPv4 hosts this way (RFC 6052), so the embedded address decides.
        if (Nat64.Contains(address)) return Contains(new IPAddress(address.GetAddressBytes().AsSpan(12)));

        return !Unicast.Contains(address) || Array.Exists(InUnicast, one => one.Contains(address)) || IsIsatap(address);
    }

    public static bool IsMetadata(IPAddress address) => Array.Exists(Metadata, one => SameBits(one, address));

    /// <summary>The last 64 bits are <c>[02]00:5efe</c> and an IPv4 address behind a tunnel (RFC 5214).</summary>
    private static bool IsIsatap(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return (bytes[8] & 0xFD) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;
    }

    // Equals also compares the scope, and fd00:ec2::254%2 is fd00:ec2::254.
    private static bool SameBits(IPAddress one, IPAddress other) =>
        one.GetAddressBytes().AsSpan().SequenceEqual(other.GetAddressBytes());

    private static IEnumerable<IPNetwork> Networks(params string[] networks) => networks.Select(IPNetwork.Parse);
}
