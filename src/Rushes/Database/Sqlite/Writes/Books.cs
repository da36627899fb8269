using Rushes.Accounts;
using Rushes.Database.Rows;
using Rushes.Jobs;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>
/// What jobs move in the ledger. A trigger keeps the balances, so that none can be changed without an entry, and their
/// constraints refuse what was not looked up first.
/// </summary>
internal static class Books
{
    public const string SelectBalance = $"SELECT {BooksRow.Columns} FROM ledger_accounts WHERE account = ?";

    /// <summary>For the writer as for the readers.</summary>
    public static Balance ReadBalance(Statement select, int account)
    {
        using (select) return BooksRow.BalanceOf(select.Bind(account).ReadAll(BooksRow.Read));
    }

    /// <summary>In millionths; 0 for one that was never given any.</summary>
    public static long CreditOf(Transaction transaction, int account)
    {
        using var select = transaction.Prepare("SELECT balance FROM ledger_accounts WHERE account = ? AND kind = 0");
        return select.Bind(account).Step() ? select.Long(0) : 0;
    }

    public static void Hold(Transaction transaction, int account, long job, long amount)
    {
        using var insert = transaction.Prepare("""
            INSERT INTO ledger_entries (at, kind, account, source, target, amount, job)
            SELECT ?, 1, credit.account, credit.id, held.id, ?, ?
            FROM ledger_accounts credit JOIN ledger_accounts held ON held.account = credit.account AND held.kind = 1
            WHERE credit.account = ? AND credit.kind = 0
            RETURNING 1
            """);
        Require(insert.Bind(transaction.Now).Bind(amount).Bind(job).Bind(account).Step(), job);
    }

    /// <summary>Captures what was held for a job that succeeded, and gives it back for one that ended otherwise.</summary>
    public static void Settle(Transaction transaction, long job, Settlement settlement)
    {
        using var insert = transaction.Prepare(settlement == Settlement.Capture
            ? """
              INSERT INTO ledger_entries (at, kind, account, source, target, amount, job)
              SELECT ?, 2, hold.account, hold.target, revenue.id, hold.amount, hold.job
              FROM ledger_entries hold JOIN ledger_accounts held ON held.id = hold.target
                JOIN ledger_accounts revenue ON revenue.account IS NULL AND revenue.kind = 2 AND revenue.currency = held.currency
              WHERE hold.job = ? AND hold.kind = 1
              RETURNING 1
              """
            : """
              INSERT INTO ledger_entries (at, kind, account, source, target, amount, job)
              SELECT ?, 3, account, target, source, amount, job FROM ledger_entries WHERE job = ? AND kind = 1
              RETURNING 1
              """);
        Require(insert.Bind(transaction.Now).Bind(job).Step(), job);
    }

    private static void Require(bool written, long job)
    {
        if (!written) throw new InvalidOperationException($"job {job} has a price and the ledger has no place for it");
    }
}
