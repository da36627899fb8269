using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Gives an account another name, plan or standing.</summary>
internal sealed class ChangeAccount(int id, AccountChange change, string actor, CancellationToken cancel) : SingleWrite<AccountOutcome>(cancel)
{
    protected override async Task<AccountOutcome> ApplyAsync(Transaction transaction)
    {
        if (change.Name is not null && (await transaction.ReadAsync("SELECT 1 FROM accounts WHERE name = $1 AND id <> $2", [change.Name, id], row => row.Int(0))).Count > 0)
            return new AccountOutcome.NameTaken();

        var changed = await transaction.ChangeAsync(
            $"""
            UPDATE accounts SET name = coalesce($1, name), plan = coalesce($2, plan), suspended = coalesce($3, suspended) WHERE id = $4
            RETURNING {AccountRow.Columns}
            """,
            [change.Name, change.Plan, change.Suspended, id], AccountRow.Read);
        if (changed is not [var account]) return new AccountOutcome.Unknown();

        transaction.Publish(account);
        if (account.Suspended) await Sessions.EndOfAccountAsync(transaction, id);
        await AppendAudit.ToAsync(transaction, new AuditEntry(actor, "account changed", $"account {id}",
            Detail.Of(("name", change.Name), ("plan", change.Plan), ("suspended", change.Suspended))));
        return new AccountOutcome.Changed(account);
    }
}
