using System.Collections.Concurrent;
using Rushes.Accounts;

namespace Rushes.Server.Auth;

/// <summary>Counts the calls of endpoints that have a <see cref="CallRate"/>, by account, in this process alone.</summary>
internal sealed class CallRates(TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Name, int Account), SlidingWindow> windows = new();

    /// <summary>Null: go on; else how long to wait.</summary>
    public TimeSpan? Take(CallRate rate, int account)
    {
        var window = windows.GetOrAdd(
            (rate.Name, account), static (_, given) => new SlidingWindow(given.rate.PerMinute, TimeSpan.FromMinutes(1), given.clock), (rate, clock));
        return window.Take() is { Refused: true } quota ? quota.Reset : null;
    }
}
