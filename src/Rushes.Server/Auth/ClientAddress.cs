using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Rushes.Server.Auth;

/// <summary>Client addresses as numbers, for counting.</summary>
internal static class ClientAddress
{
    /// <summary>The IPv4 address, or the /64 of an IPv6 address, because a client usually has a whole /64.</summary>
    public static UInt128 Of(IPAddress? address) => Prefix(address, v4: 32, v6: 64);

    /// <summary>The /24 of IPv4 or the /48 of IPv6, which can belong to one customer of a provider.</summary>
    public static UInt128 NetworkOf(IPAddress? address) => Prefix(address, v4: 24, v6: 48);

    private static UInt128 Prefix(IPAddress? address, int v4, int v6)
    {
        // Clients of a Unix socket have no address and are counted together.
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
