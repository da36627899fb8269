using Rushes.Accounts;

namespace Rushes.Database.Shared;

internal sealed class AuditLog(IWriter writer, IReader reader) : IAuditLog
{
    public Task AppendAuditAsync(AuditEntry entry, CancellationToken cancel) => writer.Run(async transaction =>
    {
        await AppendAsync(transaction, entry);
        return true;
    }, cancel);

    public IAsyncEnumerable<AuditEntry> ReadAuditAsync(long after, CancellationToken cancel) =>
        reader.ReadPagesAsync(Statements.ReadAudit, [], AuditRow.Read, entry => entry.Id, after, cancel);

    /// <summary>Records a change in its transaction.</summary>
    public static Task AppendAsync(ITransaction transaction, AuditEntry entry) =>
        transaction.RunAsync(Statements.InsertAudit, AuditRow.Values(entry, transaction.Now));
}
