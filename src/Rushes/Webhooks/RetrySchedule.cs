namespace Rushes.Webhooks;

/// <summary>
/// When a failed delivery is retried: after 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, 2 h, 4 h, 6 h and 8 h, each with 10 %
/// jitter. That is 11 attempts within 24 hours.
/// </summary>
internal static class RetrySchedule
{
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30),
        TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4), TimeSpan.FromHours(6), TimeSpan.FromHours(8),
    ];

    /// <summary>The longest delay that a receiver can request.</summary>
    private static readonly TimeSpan MaxAsked = TimeSpan.FromHours(6);

    /// <param name="tries">Attempts of this run, including the failed one.</param>
    /// <param name="asked">The <c>Retry-After</c> of the response; it can delay the next attempt but not advance it.</param>
    /// <param name="chance">0 to 1.</param>
    /// <returns>Null: that was the last attempt.</returns>
    public static TimeSpan? Wait(int tries, TimeSpan? asked, double chance)
    {
        if (tries > Pauses.Length) return null;
        var wait = Pauses[tries - 1] * (0.9 + 0.2 * chance);
        var least = asked > MaxAsked ? MaxAsked : asked;
        return least > wait ? least : wait;
    }
}
