using Npgsql;
using Rushes.Accounts;

namespace Rushes.Database.Postgres;

/// <summary>How the ledger is read.</summary>
internal static class BooksRow
{
    public const string SelectBooks = "SELECT kind, account, currency, balance FROM ledger_accounts ORDER BY currency, account NULLS FIRST, kind";

    /// <summary>The entries of an account within a time and after an id, oldest first: $1 account, $2 from, $3 until, $4 id, $5 how many.</summary>
    public const string SelectEntries = """
        SELECT e.id, e.at, e.kind, e.account, s.kind, t.kind, e.amount, e.job, e.note
        FROM ledger_entries e JOIN ledger_accounts s ON s.id = e.source JOIN ledger_accounts t ON t.id = e.target
        WHERE e.account = $1 AND e.at >= $2 AND e.at < $3 AND e.id > $4 ORDER BY e.id LIMIT $5
        """;

    public static async Task<Balance> ReadBalanceAsync(Session session, int account)
    {
        var books = await session.ReadAsync("SELECT kind, account, currency, balance FROM ledger_accounts WHERE account = $1", [account], ReadBook);
        var balance = Balance.None;
        foreach (var book in books)
            balance = book.Book == LedgerBook.Credit
                ? balance with { Currency = book.Currency, Credit = book.Amount }
                : balance with { Held = book.Amount };
        return balance;
    }

    public static BookBalance ReadBook(NpgsqlDataReader row) => new((LedgerBook)row.Int(0), row.IntOrNull(1), row.Text(2), row.Long(3));

    public static LedgerEntry ReadEntry(NpgsqlDataReader row) => new(
        row.Long(0), row.Time(1), (LedgerKind)row.Int(2), row.Int(3), (LedgerBook)row.Int(4), (LedgerBook)row.Int(5), row.Long(6),
        row.LongOrNull(7), row.TextOrNull(8));
}
