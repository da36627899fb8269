using Rushes.Accounts;

namespace Rushes.Database.Shared;

internal sealed class AccountStore(IWriter writer, IReader reader) : IAccountStore
{
    // Selected first, because in PostgreSQL an insert that conflicts would use up an id.
    public Task<int> EnsureAccountAsync(string name, CancellationToken cancel) => writer.Run(
        async transaction =>
            await FindAsync(transaction, name) ?? (await InsertAsync(transaction, name, Account.DefaultPlan))!.Id,
        cancel);

    public Task<Account?> AddAccountAsync(
        string name, string plan, string actor, CancellationToken cancel) => writer.Run(async transaction =>
    {
        if (await InsertAsync(transaction, name, plan) is not { } account) return null;
        await AuditLog.AppendAsync(transaction, AuditTexts.AccountCreated(actor, account));
        return account;
    }, cancel);

    public Task<AccountOutcome> ChangeAccountAsync(int id, AccountChange change, string actor, CancellationToken cancel) =>
        writer.Run<AccountOutcome>(async transaction =>
        {
            if (change.Name is not null && await FindAsync(transaction, change.Name) is { } other && other != id)
                return new AccountOutcome.NameTaken();
            if (change.Suspended == true
                && await KeyStore.IsLastAdminAsync(transaction, Statements.FindKeyOfOtherAccount, id))
                return new AccountOutcome.LastAdmin();

            var changed = await transaction.ChangeAsync(
                Statements.UpdateAccount, [change.Name, change.Plan, change.Suspended, change.WebhookUrl, id], AccountRow.Read);
            if (changed is not [var account]) return new AccountOutcome.Unknown();
            transaction.Changes.Accounts.Add(account);
            if (account.Suspended) await SessionStore.EndOfAccountAsync(transaction, id);
            await AuditLog.AppendAsync(transaction, AuditTexts.AccountChanged(actor, id, change));
            return new AccountOutcome.Changed(account);
        }, cancel);

    public Task<IReadOnlyList<Account>> ReadAccountsAsync(CancellationToken cancel) =>
        reader.ReadAllAsync(Statements.ReadAccounts, [], AccountRow.Read, cancel);

    public static async Task<int?> FindAsync(ITransaction transaction, string name) =>
        await transaction.ReadAsync(Statements.FindAccount, [name], row => row.Int(0)) is [var id] ? id : null;

    /// <summary>Returns null if the name is taken.</summary>
    public static async Task<Account?> InsertAsync(ITransaction transaction, string name, string plan)
    {
        var made = await transaction.ChangeAsync(Statements.InsertAccount, [name, plan, transaction.Now], AccountRow.Read);
        transaction.Changes.Accounts.AddRange(made);
        return made is [var account] ? account : null;
    }
}
