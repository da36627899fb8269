using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>
/// Credit and its use. Entries are never changed or deleted. The price of a job is held in the commit that creates the job,
/// and captured or released in the commit that ends it, without a call to this role.
/// </summary>
public interface ILedger
{
    Task<CreditOutcome> AddCreditAsync(CreditChange change, string actor, CancellationToken cancel);

    /// <summary><see cref="Balance.None"/> for an account that never had credit.</summary>
    Task<Balance> ReadBalanceAsync(int account, CancellationToken cancel);

    /// <summary>A consistent snapshot of all balances.</summary>
    Task<IReadOnlyList<LedgerBalance>> ReadBalancesAsync(CancellationToken cancel);

    /// <summary>An account's entries in a period, oldest first.</summary>
    IAsyncEnumerable<LedgerEntry> ReadStatementAsync(
        int account, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel);
}
