using Rushes.Accounts;

namespace Rushes.Database.Sqlite;

/// <summary>How the ledger is read.</summary>
internal static class BooksRow
{
    public const string SelectBalance = "SELECT kind, currency, balance FROM ledger_accounts WHERE account = ? ORDER BY kind";

    public const string SelectBooks = "SELECT kind, account, currency, balance FROM ledger_accounts ORDER BY currency, account, kind";

    /// <summary>The entries of an account within a time, oldest first.</summary>
    public const string SelectEntries = """
        SELECT e.id, e.at, e.kind, e.account, s.kind, t.kind, e.amount, e.job, e.note
        FROM ledger_entries e INDEXED BY ledger_entries_account
          JOIN ledger_accounts s ON s.id = e.source JOIN ledger_accounts t ON t.id = e.target
        WHERE e.account = ? AND e.at >= ? AND e.at < ? ORDER BY e.id
        """;

    public static Balance ReadBalance(Statement select, int account)
    {
        using (select)
        {
            var balance = Balance.None;
            select.Bind(account);
            while (select.Step())
                balance = (LedgerBook)select.Int(0) == LedgerBook.Credit
                    ? balance with { Currency = select.Text(1), Credit = select.Long(2) }
                    : balance with { Held = select.Long(2) };
            return balance;
        }
    }

    public static BookBalance ReadBook(Statement row) => new((LedgerBook)row.Int(0), row.IntOrNull(1), row.Text(2), row.Long(3));

    public static LedgerEntry ReadEntry(Statement row) => new(
        row.Long(0), row.Time(1), (LedgerKind)row.Int(2), row.Int(3), (LedgerBook)row.Int(4), (LedgerBook)row.Int(5), row.Long(6),
        row.IsNull(7) ? null : row.Long(7), row.TextOrNull(8));
}
