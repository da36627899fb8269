namespace Rushes.Database.Sqlite.Writes;

internal sealed class EnsureAccount(string name, CancellationToken cancel) : Write<int>(cancel)
{
    protected override int Apply(Transaction transaction)
    {
        using (var insert = transaction.Prepare("INSERT INTO accounts (name) VALUES (?) ON CONFLICT (name) DO NOTHING"))
            insert.Bind(name).Execute();

        using var select = transaction.Prepare("SELECT id FROM accounts WHERE name = ?");
        select.Bind(name).Step();
        return select.Int(0);
    }
}
