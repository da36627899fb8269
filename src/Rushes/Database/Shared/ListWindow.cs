namespace Rushes.Database.Shared;

/// <summary>How much one page of a list examines, so that it does not take longer the more jobs have ended.</summary>
internal static class ListWindow
{
    /// <summary>Of all accounts, which are read in the order of their ids.</summary>
    public const int OfAll = 50_000;

    /// <summary>Of one account, whose jobs are found one by one.</summary>
    public const int OfAccount = 5_000;

    /// <summary>
    /// A job gets its creation time shortly before its id, so the order of times and ids can differ by this much.
    /// </summary>
    public static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Ledger entries have the clock of their gateway or of the server, and a statement that lacks one is wrong.
    /// </summary>
    public static readonly TimeSpan LedgerSlack = TimeSpan.FromDays(1);

    /// <summary>
    /// The first id of a table with a time of $1 or later, assuming that times increase with ids; one after the newest if there
    /// is none. It looks at as many rows as the number of ids has bits.
    /// </summary>
    /// <param name="time">The column of times.</param>
    public static string FirstSince(string table, string time)
    {
        const string Middle = "(low + high) / 2";
        var isEarlier = $"coalesce((SELECT {time} < $1 FROM {table} WHERE id >= {Middle} ORDER BY id LIMIT 1), false)";
        return $"""
            WITH RECURSIVE step (low, high) AS (
              SELECT coalesce((SELECT min(id) FROM {table}), 1), coalesce((SELECT max(id) FROM {table}), 0) + 1
              UNION ALL
              SELECT
                CASE WHEN {isEarlier} THEN (SELECT id + 1 FROM {table} WHERE id >= {Middle} ORDER BY id LIMIT 1) ELSE low END,
                CASE WHEN {isEarlier} THEN high ELSE {Middle} END
              FROM step WHERE low < high)
            SELECT low FROM step WHERE low >= high
            """;
    }
}
