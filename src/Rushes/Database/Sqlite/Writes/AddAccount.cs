using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>Null: the name is taken.</summary>
internal sealed class AddAccount(string name, string plan, string actor, CancellationToken cancel) : Write<Account?>(cancel)
{
    public override bool HasSeveralStatements => true;

    /// <param name="plan">Null: the default one.</param>
    public static Account? Insert(Transaction transaction, string name, string? plan)
    {
        using var insert = transaction.Prepare($"""
            INSERT INTO accounts (name, plan, created_at) VALUES (?, coalesce(?, 'default'), ?) ON CONFLICT (name) DO NOTHING
            RETURNING {AccountRow.Columns}
            """);
        if (!insert.Bind(name).Bind(plan).Bind(transaction.Now).Step()) return null;
        var account = AccountRow.Read(insert);
        transaction.Publish(account);
        return account;
    }

    protected override Account? Apply(Transaction transaction)
    {
        if (Insert(transaction, name, plan) is not { } account) return null;
        AppendAudit.To(transaction, new AuditEntry(actor, "account created", $"account {account.Id}", Detail.Of(("name", name), ("plan", plan))));
        return account;
    }
}
