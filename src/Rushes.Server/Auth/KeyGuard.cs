using System.Net;

namespace Rushes.Server.Auth;

/// <summary>
/// Makes guessing keys slow. Wrong keys are counted by address and by network; once either has used up its tries, keys from
/// there are not looked at, right or wrong, so that a guess learns nothing. A key that was good from the same address before
/// goes on as if nothing were.
/// </summary>
internal sealed class KeyGuard(TimeProvider clock)
{
    /// <summary>Wrong keys that an address may send at once; then one for each <see cref="AddressPause"/>.</summary>
    public const int PerAddress = 20;

    /// <summary>The same of a network.</summary>
    public const int PerNetwork = 100;

    public static readonly TimeSpan AddressPause = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan NetworkPause = TimeSpan.FromSeconds(12);

    private readonly GuessLimit addresses = new(PerAddress, AddressPause, clock);
    private readonly GuessLimit networks = new(PerNetwork, NetworkPause, clock);
    private readonly KnownClients known = new();

    /// <summary>How long keys from there are not looked at; null: go on.</summary>
    /// <param name="key">The good key that was sent; null: it is wrong.</param>
    public TimeSpan? Wait(long? key, IPAddress? address)
    {
        var source = ClientAddress.Of(address);
        if (addresses.AnyWaits || networks.AnyWaits)
        {
            if (key is { } sent && known.Holds(sent, source)) return null;
            var wait = addresses.Wait(source) ?? TimeSpan.Zero;
            if (networks.Wait(ClientAddress.NetworkOf(address)) is { } longer && longer > wait) wait = longer;
            if (wait > TimeSpan.Zero) return wait;
        }

        if (key is { } good) known.Add(good, source);
        return null;
    }

    public void CountWrong(IPAddress? address)
    {
        addresses.Count(ClientAddress.Of(address));
        networks.Count(ClientAddress.NetworkOf(address));
    }
}
