using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Gives an account another name, plan or standing.</summary>
internal sealed class ChangeAccount(int id, AccountChange change, string actor, CancellationToken cancel) : Write<AccountOutcome>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override AccountOutcome Apply(Transaction transaction)
    {
        if (change.Name is not null && IsTaken(transaction)) return new AccountOutcome.NameTaken();

        using var update = transaction.Prepare($"""
            UPDATE accounts SET name = coalesce(?, name), plan = coalesce(?, plan), suspended = coalesce(?, suspended) WHERE id = ?
            RETURNING {AccountRow.Columns}
            """);
        long? suspended = change.Suspended is { } given ? given ? 1 : 0 : null;
        if (!update.Bind(change.Name).Bind(change.Plan).Bind(suspended).Bind(id).Step()) return new AccountOutcome.Unknown();

        var account = AccountRow.Read(update);
        transaction.Publish(account);
        if (account.Suspended) Sessions.EndOfAccount(transaction, id);
        AppendAudit.To(transaction, new AuditEntry(actor, "account changed", $"account {id}",
            Detail.Of(("name", change.Name), ("plan", change.Plan), ("suspended", change.Suspended))));
        return new AccountOutcome.Changed(account);
    }

    private bool IsTaken(Transaction transaction)
    {
        using var select = transaction.Prepare("SELECT 1 FROM accounts WHERE name = ? AND id <> ?");
        return select.Bind(change.Name).Bind(id).Step();
    }
}
