using Rushes.Database.Shared;

namespace Rushes.Database.Copy;

/// <summary>A value that must be equal in both databases.</summary>
public sealed record CopyCheck(string What, string From, string To)
{
    private const string SumOfBalances = "SELECT CAST(coalesce(sum(balance), 0) AS text) FROM ledger_accounts WHERE kind =";

    /// <summary>Compared in addition to the row counts. Each query returns the same text in both databases.</summary>
    internal static readonly (string What, string Sql)[] Sums =
    [
        ("jobs that wait", $"SELECT CAST(count(*) AS text) FROM jobs WHERE state IN {StateNumbers.Waiting}"),
        ("jobs that run", $"SELECT CAST(count(*) AS text) FROM jobs WHERE state = {StateNumbers.Running}"),
        ("work ahead, ms", $"SELECT CAST(coalesce(sum(work), 0) AS text) FROM jobs WHERE state IN {StateNumbers.Live}"),
        ("callbacks that wait", $"SELECT CAST(count(*) AS text) FROM deliveries WHERE state = {StateNumbers.DeliveryPending}"),
        ("moved in the ledger", "SELECT CAST(coalesce(sum(amount), 0) AS text) FROM ledger_entries"),
        ("customers' credit", $"{SumOfBalances} {StateNumbers.CreditAccount}"),
        ("held for jobs", $"{SumOfBalances} {StateNumbers.HeldAccount}"),
        ("revenue", $"{SumOfBalances} {StateNumbers.RevenueAccount}"),
        ("bytes stored", "SELECT CAST(coalesce(sum(bytes), 0) AS text) FROM stored_bytes"),
        ("issued", $"{SumOfBalances} {StateNumbers.IssuerAccount}"),
    ];

    public bool IsSame => From == To;
}
