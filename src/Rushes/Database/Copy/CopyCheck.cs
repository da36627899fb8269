namespace Rushes.Database.Copy;

/// <summary>One number that has to be the same in both databases.</summary>
public sealed record CopyCheck(string What, string From, string To)
{
    /// <summary>Beside the rows of each table. Each gives one text in either database.</summary>
    internal static readonly (string What, string Sql)[] Sums =
    [
        ("jobs that wait", "SELECT CAST(count(*) AS text) FROM jobs WHERE state IN (0, 2, 6)"),
        ("jobs that run", "SELECT CAST(count(*) AS text) FROM jobs WHERE state = 1"),
        ("work ahead, ms", "SELECT CAST(coalesce(sum(work), 0) AS text) FROM jobs WHERE state IN (0, 1, 2, 6)"),
        ("callbacks that wait", "SELECT CAST(count(*) AS text) FROM deliveries WHERE state = 0"),
        ("moved in the ledger", "SELECT CAST(coalesce(sum(amount), 0) AS text) FROM ledger_entries"),
        ("customers' credit", "SELECT CAST(coalesce(sum(balance), 0) AS text) FROM ledger_accounts WHERE kind = 0"),
        ("held for jobs", "SELECT CAST(coalesce(sum(balance), 0) AS text) FROM ledger_accounts WHERE kind = 1"),
        ("revenue", "SELECT CAST(coalesce(sum(balance), 0) AS text) FROM ledger_accounts WHERE kind = 2"),
        ("bytes stored", "SELECT CAST(coalesce(sum(bytes), 0) AS text) FROM stored_bytes"),
        ("issued", "SELECT CAST(coalesce(sum(balance), 0) AS text) FROM ledger_accounts WHERE kind = 3"),
    ];

    public bool IsSame => From == To;
}
