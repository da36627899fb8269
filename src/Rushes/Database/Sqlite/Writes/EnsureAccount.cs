namespace Rushes.Database.Sqlite.Writes;

internal sealed class EnsureAccount(string name, CancellationToken cancel) : Write<int>(cancel)
{
    protected override int Apply(Transaction transaction)
    {
        if (AddAccount.Insert(transaction, name, null) is { } made) return made.Id;

        using var select = transaction.Prepare("SELECT id FROM accounts WHERE name = ?");
        select.Bind(name).Step();
        return select.Int(0);
    }
}
