using Rushes.Accounts;
using Rushes.Database.Shared;

namespace Rushes.Database.Sqlite;

internal sealed class AccountStore(GroupCommit writer, ReaderPool readers) : IAccountStore
{
    public Task<int> EnsureAccountAsync(string name, CancellationToken cancel) =>
        writer.Run(
            transaction => Find(transaction, name) ?? Insert(transaction, name, Account.DefaultPlan)!.Id, cancel, single: true);

    public Task<Account?> AddAccountAsync(
        string name, string plan, string actor, CancellationToken cancel) => writer.Run(transaction =>
    {
        if (Insert(transaction, name, plan) is not { } account) return null;
        AuditLog.Append(transaction, AuditTexts.AccountCreated(actor, account));
        return account;
    }, cancel);

    public Task<AccountOutcome> ChangeAccountAsync(int id, AccountChange change, string actor, CancellationToken cancel) =>
        writer.Run<AccountOutcome>(transaction =>
        {
            if (change.Name is not null && Find(transaction, change.Name) is { } other && other != id)
                return new AccountOutcome.NameTaken();
            if (change.Suspended == true && KeyStore.IsLastAdmin(transaction, Statements.FindKeyOfOtherAccount, id))
                return new AccountOutcome.LastAdmin();

            using var update = transaction.Prepare(Statements.UpdateAccount);
            if (!update.Bind(change.Name).Bind(change.Plan).Bind(change.Suspended).Bind(id).Step())
                return new AccountOutcome.Unknown();
            var account = AccountRow.Read(update);
            transaction.Changes.Accounts.Add(account);
            if (account.Suspended) SessionStore.EndOfAccount(transaction, id);
            AuditLog.Append(transaction, AuditTexts.AccountChanged(actor, id, change));
            return new AccountOutcome.Changed(account);
        }, cancel);

    public Task<IReadOnlyList<Account>> ReadAccountsAsync(CancellationToken cancel) =>
        readers.ReadAllAsync(Statements.ReadAccounts, AccountRow.Read);

    private static int? Find(Transaction transaction, string name)
    {
        using var select = transaction.Prepare(Statements.FindAccount);
        return select.Bind(name).Step() ? select.Int(0) : null;
    }

    /// <summary>Returns null if the name is taken.</summary>
    private static Account? Insert(Transaction transaction, string name, string plan)
    {
        using var insert = transaction.Prepare(Statements.InsertAccount);
        if (!insert.Bind(name).Bind(plan).Bind(transaction.Now).Step()) return null;
        var account = AccountRow.Read(insert);
        transaction.Changes.Accounts.Add(account);
        return account;
    }
}
