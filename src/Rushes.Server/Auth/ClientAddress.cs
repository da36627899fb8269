using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Rushes.Server.Auth;

/// <summary>Addresses of clients as numbers to count by.</summary>
internal static class ClientAddress
{
    /// <summary>An IPv4 address; of IPv6 the /64, since a client has a whole one to itself.</summary>
    public static UInt128 Of(IPAddress? address) => Prefix(address, v4: 32, v6: 64);

    /// <summary>The /24 of IPv4 and the /48 of IPv6, which one customer of a provider may have whole.</summary>
    public static UInt128 NetworkOf(IPAddress? address) => Prefix(address, v4: 24, v6: 48);

    private static UInt128 Prefix(IPAddress? address, int v4, int v6)
    {
        // A Unix socket has none: all its clients count as one.
        if (address is null) return 0;
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes.Clear();
            bytes[10] = bytes[11] = 0xFF;
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }

        var length = address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6 ? 96 + v4 : v6;
        return BinaryPrimitives.ReadUInt128BigEndian(bytes) & (UInt128.MaxValue << (128 - length));
    }
}
