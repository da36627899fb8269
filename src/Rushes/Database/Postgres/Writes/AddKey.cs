using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Postgres.Writes;

internal sealed class AddKey(ApiKey key, string actor, CancellationToken cancel) : SingleWrite<ApiKey>(cancel)
{
    public static async Task<ApiKey> InsertAsync(Transaction transaction, ApiKey key)
    {
        var stored = await transaction.ChangeAsync(
            $"""
            INSERT INTO api_keys (hash, account, name, scopes, networks, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
            RETURNING {KeyRow.Columns}
            """,
            [key.Hash, key.Account, key.Name, (int)key.Scopes, KeyRow.Networks(key), transaction.Now, key.ExpiresAt], KeyRow.Read);
        transaction.Publish(stored[0]);
        return stored[0];
    }

    protected override async Task<ApiKey> ApplyAsync(Transaction transaction)
    {
        var stored = await InsertAsync(transaction, key);
        await AppendAudit.ToAsync(transaction, new AuditEntry(actor, "key created", $"key {stored.Id}", Detail.OfKey(stored)));
        return stored;
    }
}
