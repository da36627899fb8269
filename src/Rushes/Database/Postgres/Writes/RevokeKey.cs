using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Postgres.Writes;

/// <summary>The key as it is after; null when there is none. Revoking again changes nothing.</summary>
internal sealed class RevokeKey(long id, string actor, CancellationToken cancel) : SingleWrite<ApiKey?>(cancel)
{
    public static async Task<ApiKey?> FindAsync(Transaction transaction, long id) =>
        (await transaction.ReadAsync($"SELECT {KeyRow.Columns} FROM api_keys WHERE id = $1", [id], KeyRow.Read)).FirstOrDefault();

    protected override async Task<ApiKey?> ApplyAsync(Transaction transaction)
    {
        var revoked = await transaction.ChangeAsync(
            $"UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL RETURNING {KeyRow.Columns}", [transaction.Now, id], KeyRow.Read);
        if (revoked is not [var key]) return await FindAsync(transaction, id);
        transaction.Publish(key);
        await Sessions.EndOfKeyAsync(transaction, id);
        await AppendAudit.ToAsync(transaction, new AuditEntry(actor, "key revoked", $"key {id}", Detail.OfKey(key)));
        return key;
    }
}
