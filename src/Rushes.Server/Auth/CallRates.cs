using System.Collections.Concurrent;
using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>Counts the calls of endpoints with a <see cref="CallRate"/>, per account, in this process only.</summary>
internal sealed class CallRates(TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Name, int Account), SlidingWindow> windows = new();

    /// <returns>Null if the call is allowed; otherwise how long to wait.</returns>
    public TimeSpan? Take(CallRate rate, int account)
    {
        var window = windows.GetOrAdd(
            (rate.Name, account),
            static (_, given) => new SlidingWindow(given.rate.PerMinute, TimeSpan.FromMinutes(1), given.clock), (rate, clock));
        return window.Take() is { Rejected: true } quota ? quota.Reset : null;
    }
}
