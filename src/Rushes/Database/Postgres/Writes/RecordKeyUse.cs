namespace Rushes.Database.Postgres.Writes;

/// <summary>Notes when keys were last used. Gives how many there were.</summary>
internal sealed class RecordKeyUse(IReadOnlyCollection<long> keys, CancellationToken cancel) : SingleWrite<int>(cancel)
{
    protected override Task<int> ApplyAsync(Transaction transaction) =>
        transaction.RunAsync("UPDATE api_keys SET last_used_at = $1 WHERE id = ANY ($2)", transaction.Now, keys.ToArray());
}
