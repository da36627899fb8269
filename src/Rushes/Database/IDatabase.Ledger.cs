using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>
/// The ledger and the audit: both only ever grow. What a job with a price holds is moved in the commit that takes it in, and
/// captured or given back in the one that ends it; nobody calls for it.
/// </summary>
public partial interface IDatabase
{
    Task<CreditOutcome> AddCreditAsync(CreditChange change, string actor, CancellationToken cancel);

    /// <summary><see cref="Balance.None"/> for an account that was never given credit.</summary>
    Task<Balance> ReadBalanceAsync(int account, CancellationToken cancel);

    /// <summary>Every book's balance at one moment.</summary>
    Task<IReadOnlyList<BookBalance>> ReadBooksAsync(CancellationToken cancel);

    /// <summary>An account's entries from a time until before another, oldest first.</summary>
    IAsyncEnumerable<LedgerEntry> ReadStatementAsync(int account, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel);

    /// <summary>Writes down something that changed nothing else here. Its id and time are given here.</summary>
    Task AppendAuditAsync(AuditEntry entry, CancellationToken cancel);

    /// <summary>What comes after an id, oldest first; 0 for all.</summary>
    IAsyncEnumerable<AuditEntry> ReadAuditAsync(long after, CancellationToken cancel);
}
