using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>
/// Credit and what it was spent on. Entries are only ever appended. A job's price is held in the commit that takes the job in,
/// and captured or released in the one that ends it, without a call to this role.
/// </summary>
public interface ILedger
{
    Task<CreditOutcome> AddCreditAsync(CreditChange change, string actor, CancellationToken cancel);

    /// <summary><see cref="Balance.None"/> for an account that was never given credit.</summary>
    Task<Balance> ReadBalanceAsync(int account, CancellationToken cancel);

    /// <summary>The balance of every ledger account at one moment.</summary>
    Task<IReadOnlyList<LedgerBalance>> ReadBalancesAsync(CancellationToken cancel);

    /// <summary>An account's entries from a time until before another, oldest first.</summary>
    IAsyncEnumerable<LedgerEntry> ReadStatementAsync(
        int account, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel);
}
