namespace Rushes.Database.Postgres.Writes;

internal sealed class EnsureAccount(string name, CancellationToken cancel) : SingleWrite<int>(cancel)
{
    protected override async Task<int> ApplyAsync(Transaction transaction)
    {
        // Looked for first: an insert that finds it there would use an id up.
        var known = await transaction.ReadAsync("SELECT id FROM accounts WHERE name = $1", [name], row => row.Int(0));
        return known.Count > 0 ? known[0] : (await AddAccount.InsertAsync(transaction, name, "default"))!.Id;
    }
}
