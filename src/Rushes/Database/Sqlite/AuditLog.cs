using Rushes.Accounts;
using Rushes.Database.Shared;

namespace Rushes.Database.Sqlite;

internal sealed class AuditLog(GroupCommit writer, ReaderPool readers) : IAuditLog
{
    public Task AppendAuditAsync(AuditEntry entry, CancellationToken cancel) => writer.Run(transaction =>
    {
        Append(transaction, entry);
        return true;
    }, cancel, single: true);

    public IAsyncEnumerable<AuditEntry> ReadAuditAsync(long after, CancellationToken cancel) => readers.Stream(
        $"SELECT {AuditRow.Columns} FROM audit WHERE id > ? ORDER BY id", select => select.Bind(after), AuditRow.Read,
        cancel).ToAsyncEnumerable();

    /// <summary>Records a change in its transaction.</summary>
    public static void Append(Transaction transaction, AuditEntry entry)
    {
        using var insert = transaction.Prepare(Statements.InsertAudit);
        insert.Bind(transaction.Now).Bind(entry.Actor).Bind(entry.Action).Bind(entry.Subject).Bind(entry.Detail).Execute();
    }
}
