namespace Rushes.Database.Copy;

/// <summary>A table to copy in the order of its primary key. Its columns are read from the databases.</summary>
internal sealed record CopiedTable(string Name, params string[] Key)
{
    /// <summary>All tables, each after the tables that it references.</summary>
    public static readonly CopiedTable[] All =
    [
        new("accounts", "id"),
        new("api_keys", "id"),
        new("secrets", "name"),
        new("console_sessions", "hash"),
        new("jobs", "id"),
        new("past_runs", "job", "fence"),
        new("job_tags", "account", "tag", "job"),
        new("presets", "account", "name"),
        new("paused_lanes", "lane"),
        new("turns", "lane", "tier", "priority"),
        new("idempotency_keys", "account", "key"),
        new("deliveries", "id"),
        new("delivery_tries", "delivery", "number"),
        new("ledger_accounts", "id") { Moved = "balance" },
        new("ledger_entries", "id"),
        new("audit", "id"),
        new("reports", "id"),
        new("duties", "name"),
        new("stored_files", "key"),
        new("stored_bytes", "account"),
    ];

    /// <summary>A column that is copied as 0, because inserting rows of a later table updates it.</summary>
    public string? Moved { get; init; }
}
