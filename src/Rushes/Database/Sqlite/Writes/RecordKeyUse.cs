namespace Rushes.Database.Sqlite.Writes;

/// <summary>Notes when keys were last used. Gives how many there were.</summary>
internal sealed class RecordKeyUse(IReadOnlyCollection<long> keys, CancellationToken cancel) : Write<int>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override int Apply(Transaction transaction)
    {
        foreach (var key in keys)
        {
            using var update = transaction.Prepare("UPDATE api_keys SET last_used_at = ? WHERE id = ?");
            update.Bind(transaction.Now).Bind(key).Execute();
        }
        return keys.Count;
    }
}
