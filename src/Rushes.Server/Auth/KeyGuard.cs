using System.Net;

namespace Rushes.Server.Auth;

/// <summary>
/// Slows down guessing of keys. Invalid keys are counted by address and by network. When either reaches its limit, keys from
/// there are not checked, valid or not, so that guesses reveal nothing. Keys that were valid from the same address before
/// still work.
/// </summary>
internal sealed class KeyGuard(TimeProvider clock)
{
    /// <summary>
    /// The number of invalid keys that an address may send in a burst; after that, one per <see cref="AddressPause"/>.
    /// </summary>
    public const int PerAddress = 20;

    /// <summary>The same for a network.</summary>
    public const int PerNetwork = 100;

    public static readonly TimeSpan AddressPause = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan NetworkPause = TimeSpan.FromSeconds(12);

    private readonly SourceLimit addresses = new(PerAddress, AddressPause, clock);
    private readonly SourceLimit networks = new(PerNetwork, NetworkPause, clock);
    private readonly KnownClients known = new();

    /// <returns>How long keys from this source are not checked; null if they are.</returns>
    /// <param name="key">The valid key that was sent; null if it is invalid.</param>
    public TimeSpan? Wait(long? key, IPAddress? address)
    {
        var source = ClientAddress.Of(address);
        if (addresses.HasPaused || networks.HasPaused)
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
