using Rushes.Accounts;

namespace Rushes.Database.Rows;

/// <summary>How the ledger lies in its tables.</summary>
internal static class BooksRow
{
    public const string Columns = "kind, account, currency, balance";

    /// <summary>Of entries <c>e</c>, joined with the books <c>s</c> that they take from and <c>t</c> that they give to.</summary>
    public const string EntryColumns = "e.id, e.at, e.kind, e.account, s.kind, t.kind, e.amount, e.job, e.note";

    public static BookBalance Read(IRow row) => new((LedgerBook)row.Int(0), row.IntOrNull(1), row.Text(2), row.Long(3));

    public static LedgerEntry ReadEntry(IRow row) => new(
        row.Long(0), row.Time(1), (LedgerKind)row.Int(2), row.Int(3), (LedgerBook)row.Int(4), (LedgerBook)row.Int(5), row.Long(6),
        row.LongOrNull(7), row.TextOrNull(8));

    /// <param name="books">All of one account.</param>
    public static Balance BalanceOf(IEnumerable<BookBalance> books)
    {
        var balance = Balance.None;
        foreach (var book in books)
            balance = book.Book == LedgerBook.Credit
                ? balance with { Currency = book.Currency, Credit = book.Amount }
                : balance with { Held = book.Amount };
        return balance;
    }
}
