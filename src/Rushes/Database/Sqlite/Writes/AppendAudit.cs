using Rushes.Accounts;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Writes down what was done; a change that has a write of its own does so in it.</summary>
internal sealed class AppendAudit(AuditEntry entry, CancellationToken cancel) : Write<bool>(cancel)
{
    protected override bool Apply(Transaction transaction)
    {
        To(transaction, entry);
        return true;
    }

    public static void To(Transaction transaction, AuditEntry entry)
    {
        using var insert = transaction.Prepare("INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)");
        insert.Bind(transaction.Now).Bind(entry.Actor).Bind(entry.Action).Bind(entry.Subject).Bind(entry.Detail).Execute();
    }
}
