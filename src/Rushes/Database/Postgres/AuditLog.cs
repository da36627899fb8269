using Rushes.Accounts;
using Rushes.Database.Shared;

namespace Rushes.Database.Postgres;

internal sealed class AuditLog(GroupCommit writer, PostgresServer server) : IAuditLog
{
    public Task AppendAuditAsync(AuditEntry entry, CancellationToken cancel) =>
        writer.Run(transaction => AppendAsync(transaction, entry), cancel);

    public IAsyncEnumerable<AuditEntry> ReadAuditAsync(long after, CancellationToken cancel) => server.ReadPagesAsync(
        $"SELECT {AuditRow.Columns} FROM audit WHERE id > $1 ORDER BY id LIMIT $2", [], AuditRow.Read, entry => entry.Id, after,
        cancel);

    /// <summary>Records a change in its transaction.</summary>
    public static Task<int> AppendAsync(Transaction transaction, AuditEntry entry) =>
        transaction.RunAsync(Statements.InsertAudit, transaction.Now, entry.Actor, entry.Action, entry.Subject, entry.Detail);
}
