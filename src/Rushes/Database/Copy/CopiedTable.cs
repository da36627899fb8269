namespace Rushes.Database.Copy;

/// <summary>A table to copy, in the order of its key. Its columns are read from the databases themselves.</summary>
/// <param name="Key">Its primary key.</param>
internal sealed record CopiedTable(string Name, params string[] Key)
{
    /// <summary>Every table with what it refers to before it.</summary>
    public static readonly CopiedTable[] All =
    [
        new("accounts", "id"),
        new("api_keys", "id"),
        new("secrets", "name"),
        new("console_sessions", "hash"),
        new("jobs", "id"),
        new("past_runs", "job", "fence"),
        new("paused_lanes", "lane"),
        new("turns", "lane", "tier", "priority"),
        new("idempotency_keys", "account", "key"),
        new("deliveries", "id"),
        new("delivery_tries", "delivery", "number"),
        new("ledger_accounts", "id") { Moved = "balance" },
        new("ledger_entries", "id"),
        new("audit", "id"),
        new("duties", "name"),
        new("stored_files", "key"),
        new("stored_bytes", "account"),
    ];

    /// <summary>A column that begins at 0, because rows that come later move it.</summary>
    public string? Moved { get; init; }
}
