using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>
/// Makes a key that may do what an older one may, and lets that one end. Gives the new one; null when the old one is not
/// there or has ended already.
/// </summary>
internal sealed class RotateKey(long id, byte[] hash, DateTimeOffset oldUntil, string actor, CancellationToken cancel) : Write<ApiKey?>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override ApiKey? Apply(Transaction transaction)
    {
        if (RevokeKey.Find(transaction, id) is not { RevokedAt: null } old || old.ExpiresAt <= transaction.Now) return null;

        var made = AddKey.Insert(transaction, old with { Hash = hash });
        End(transaction);
        AppendAudit.To(transaction, new AuditEntry(actor, "key rotated", $"key {id}", Detail.Of(("new", made.Id), ("old_until", oldUntil.ToString("O")))));
        return made;
    }

    private void End(Transaction transaction)
    {
        using var update = transaction.Prepare($"""
            UPDATE api_keys SET
              revoked_at = CASE WHEN ?1 <= ?2 THEN ?2 END,
              expires_at = CASE WHEN ?1 <= ?2 OR expires_at < ?1 THEN expires_at ELSE ?1 END
            WHERE id = ?3 RETURNING {KeyRow.Columns}
            """);
        update.Bind(oldUntil).Bind(transaction.Now).Bind(id).Step();
        transaction.Publish(KeyRow.Read(update));
        Sessions.EndOfKey(transaction, id);
    }
}
