using System.Net;
using System.Net.Sockets;

namespace Rushes.Server.Auth;

/// <summary>
/// Counts bad keys by the address they came from, so that guessing is slow. Good keys never ask it, and it forgets within a
/// minute. An IPv6 client has a whole /64 to itself, which counts as one address.
/// </summary>
internal sealed class FailedKeys(TimeProvider clock)
{
    /// <summary>Bad keys of one address in <see cref="Window"/>.</summary>
    public const int Most = 20;

    /// <summary>A flood from more addresses than this makes it begin anew: its memory is bounded, at about 1 MB.</summary>
    private const int MostAddresses = 10_000;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, (int Count, long Since)> addresses = [];
    private long lockedUntil;

    /// <summary>Some address is made to wait just now; while none is, nobody has to ask which.</summary>
    public bool Any => Volatile.Read(ref lockedUntil) is var until and not 0 && clock.GetTimestamp() < until;

    internal int Known
    {
        get
        {
            lock (gate) return addresses.Count;
        }
    }

    /// <summary>How long a bad key from there is not even looked at any more; null: it is.</summary>
    public TimeSpan? Wait(IPAddress? address)
    {
        lock (gate)
            return addresses.TryGetValue(Key(address), out var failed) && failed.Count >= Most && Left(failed.Since) is var left && left > TimeSpan.Zero
                ? left
                : null;
    }

    public void Count(IPAddress? address)
    {
        lock (gate)
        {
            var key = Key(address);
            var now = clock.GetTimestamp();
            if (!addresses.TryGetValue(key, out var failed) || Left(failed.Since) <= TimeSpan.Zero)
            {
                if (addresses.Count >= MostAddresses) Forget();
                failed = (0, now);
            }

            addresses[key] = failed with { Count = failed.Count + 1 };
            if (failed.Count + 1 >= Most) Volatile.Write(ref lockedUntil, now + (long)(Window.TotalSeconds * clock.TimestampFrequency));
        }
    }

    private void Forget()
    {
        foreach (var (key, failed) in addresses)
            if (Left(failed.Since) <= TimeSpan.Zero) addresses.Remove(key);
        if (addresses.Count >= MostAddresses) addresses.Clear();
    }

    private TimeSpan Left(long since) => Window - clock.GetElapsedTime(since);

    private static UInt128 Key(IPAddress? address)
    {
        if (address is null) return 0;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        if (address.AddressFamily == AddressFamily.InterNetworkV6) bytes[8..].Clear();
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
