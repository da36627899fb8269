using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Postgres.Writes;

/// <summary>
/// Makes this the one key of its name and account; the one that was set before is forgotten, and other gateways are told
/// that it is good no more. False: the key is known already as another one, or was revoked.
/// </summary>
internal sealed class SetFirstKey(ApiKey key, CancellationToken cancel) : SingleWrite<bool>(cancel)
{
    protected override async Task<bool> ApplyAsync(Transaction transaction)
    {
        var found = await transaction.ReadAsync($"SELECT {KeyRow.Columns} FROM api_keys WHERE hash = $1", [key.Hash], KeyRow.Read);
        if (found is [var known]) return known.Account == key.Account && known.Name == key.Name && known.RevokedAt is null;

        await Sessions.EndAsync(transaction, "key IN (SELECT id FROM api_keys WHERE account = $1 AND name = $2)", key.Account, key.Name);
        var forgotten = await transaction.ChangeAsync(
            $"DELETE FROM api_keys WHERE account = $1 AND name = $2 AND revoked_at IS NULL RETURNING {KeyRow.Columns}", [key.Account, key.Name], KeyRow.Read);
        foreach (var old in forgotten) transaction.Publish(old with { RevokedAt = transaction.Now });
        var stored = await AddKey.InsertAsync(transaction, key);
        await AppendAudit.ToAsync(transaction, new AuditEntry(AuditEntry.System, "first key set", $"key {stored.Id}", Detail.OfKey(stored)));
        return true;
    }
}
