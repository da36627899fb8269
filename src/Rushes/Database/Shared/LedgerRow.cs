using Rushes.Accounts;

namespace Rushes.Database.Shared;

internal static class LedgerRow
{
    public const string Columns = "kind, account, currency, balance";

    /// <summary>Of entries <c>e</c>, joined with their source accounts <c>s</c> and target accounts <c>t</c>.</summary>
    public const string EntryColumns = "e.id, e.at, e.kind, e.account, s.kind, t.kind, e.amount, e.job, e.note";

    public static LedgerBalance Read(IRow row) => new((LedgerAccount)row.Int(0), row.IntOrNull(1), row.Text(2), row.Long(3));

    public static LedgerEntry ReadEntry(IRow row) => new(
        row.Long(0), row.Time(1), (LedgerKind)row.Int(2), row.Int(3), (LedgerAccount)row.Int(4), (LedgerAccount)row.Int(5),
        row.Long(6),
        row.LongOrNull(7), row.TextOrNull(8));
}
