using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rushes.Outbound;

/// <summary>
/// The addresses that may be connected to for a customer: all globally routable ones, and those that the operator listed. A
/// network never includes a cloud metadata service; its address must be listed itself.
/// </summary>
public sealed class AddressRules
{
    /// <summary>
    /// The setting that lists additional networks, such as <c>10.20.0.0/16, fd12::/32</c>, separated by commas.
    /// </summary>
    public const string Setting = "RUSHES_FETCH_ALLOW";

    private readonly IPNetwork[] listed;

    private AddressRules(IPNetwork[] listed) => this.listed = listed;

    public static AddressRules PublicOnly { get; } = new([]);

    /// <param name="allow">Networks or addresses, separated by commas; null or blank for none.</param>
    /// <exception cref="FormatException">An entry is not a network; the message names it and the expected format.</exception>
    public static AddressRules Parse(string? allow)
    {
        const StringSplitOptions tidy = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var entries = (allow ?? "").Split(',', tidy);
        return entries.Length == 0 ? PublicOnly : new AddressRules([.. entries.Select(ParseEntry)]);
    }

    public bool Allows(IPAddress address)
    {
        var plain = Unmapped(address);
        return Array.Exists(listed, network => Lists(network, plain)) || !ReservedAddresses.Contains(plain);
    }

    /// <summary>
    /// The kernel treats an IPv4-mapped IPv6 address (<c>::ffff:a.b.c.d</c>) as that IPv4 address, so it is checked as one.
    /// </summary>
    internal static IPAddress Unmapped(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static bool Lists(IPNetwork network, IPAddress address) =>
        network.Contains(address)
        && (network.PrefixLength == BitsOf(address) || !ReservedAddresses.IsMetadata(address));

    private static int BitsOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;

    private static IPNetwork ParseEntry(string entry)
    {
        var slash = entry.IndexOf('/');
        var written = slash < 0 ? entry : entry[..slash];

        // IPAddress parses 10.1 as 10.0.0.1 and 010.0.0.0 as 8.0.0.0, which is dangerous in an allow list.
        if (!IPAddress.TryParse(written, out var address)
            || written.Contains('%')
            || (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != written))
            throw Bad(entry, "is not a network; write one as 10.20.0.0/16 or fd12::/32");

        if (address.IsIPv4MappedToIPv6)
            throw Bad(entry, "is an IPv4 network written as IPv6; write it as IPv4, which covers both forms");

        var bits = BitsOf(address);
        var prefix = bits;
        if (slash >= 0
            && (!int.TryParse(entry.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix)
                || prefix > bits))
            throw Bad(entry, $"needs a prefix length from 0 to {bits} after its slash");

        var network = new IPNetwork(Masked(address, prefix), prefix);
        return network.BaseAddress.Equals(address)
            ? network
            : throw Bad(entry, $"has bits set after its prefix; did you mean {network} or {address}/{bits}?");
    }

    private static IPAddress Masked(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xFF00 >> Math.Clamp(prefix - 8 * i, 0, 8));
        return new IPAddress(bytes);
    }

    private static FormatException Bad(string entry, string why) => new($"{Setting}: '{entry}' {why}.");
}
