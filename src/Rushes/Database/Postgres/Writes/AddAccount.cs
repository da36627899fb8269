using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Null: the name is taken.</summary>
internal sealed class AddAccount(string name, string plan, string actor, CancellationToken cancel) : SingleWrite<Account?>(cancel)
{
    public static async Task<Account?> InsertAsync(Transaction transaction, string name, string plan)
    {
        var made = await transaction.ChangeAsync(
            $"INSERT INTO accounts (name, plan, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING RETURNING {AccountRow.Columns}",
            [name, plan, transaction.Now], AccountRow.Read);
        foreach (var account in made) transaction.Publish(account);
        return made.FirstOrDefault();
    }

    protected override async Task<Account?> ApplyAsync(Transaction transaction)
    {
        if (await InsertAsync(transaction, name, plan) is not { } account) return null;
        await AppendAudit.ToAsync(transaction, new AuditEntry(actor, "account created", $"account {account.Id}", Detail.Of(("name", name), ("plan", plan))));
        return account;
    }
}
