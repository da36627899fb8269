using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Postgres.Writes;

/// <summary>
/// Makes a key that may do what an older one may, and lets that one end. Gives the new one; null when the old one is not
/// there or has ended already.
/// </summary>
internal sealed class RotateKey(long id, byte[] hash, DateTimeOffset oldUntil, string actor, CancellationToken cancel) : SingleWrite<ApiKey?>(cancel)
{
    protected override async Task<ApiKey?> ApplyAsync(Transaction transaction)
    {
        if (await RevokeKey.FindAsync(transaction, id) is not { RevokedAt: null } old || old.ExpiresAt <= transaction.Now) return null;

        var made = await AddKey.InsertAsync(transaction, old with { Hash = hash });
        var ended = await transaction.ChangeAsync(
            $"""
            UPDATE api_keys SET
              revoked_at = CASE WHEN $1 <= $2 THEN $2 END,
              expires_at = CASE WHEN $1 <= $2 OR expires_at < $1 THEN expires_at ELSE $1 END
            WHERE id = $3 RETURNING {KeyRow.Columns}
            """,
            [oldUntil, transaction.Now, id], KeyRow.Read);
        transaction.Publish(ended[0]);
        await Sessions.EndOfKeyAsync(transaction, id);
        await AppendAudit.ToAsync(transaction, new AuditEntry(actor, "key rotated", $"key {id}", Detail.Of(("new", made.Id), ("old_until", oldUntil.ToString("O")))));
        return made;
    }
}
