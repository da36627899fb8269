using Rushes.Accounts;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Writes down what was done; a change that has a write of its own does so in it.</summary>
internal sealed class AppendAudit(AuditEntry entry, CancellationToken cancel) : SingleWrite<bool>(cancel)
{
    public static Task ToAsync(Transaction transaction, AuditEntry entry) => transaction.RunAsync(
        "INSERT INTO audit (at, actor, action, subject, detail) VALUES ($1, $2, $3, $4, $5)",
        transaction.Now, entry.Actor, entry.Action, entry.Subject, entry.Detail);

    protected override async Task<bool> ApplyAsync(Transaction transaction)
    {
        await ToAsync(transaction, entry);
        return true;
    }
}
