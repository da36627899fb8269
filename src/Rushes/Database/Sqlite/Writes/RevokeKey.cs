using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>The key as it is after; null when there is none. Revoking again changes nothing.</summary>
internal sealed class RevokeKey(long id, string actor, CancellationToken cancel) : Write<ApiKey?>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override ApiKey? Apply(Transaction transaction)
    {
        if (Revoke(transaction) is not { } revoked) return Find(transaction, id);
        AppendAudit.To(transaction, new AuditEntry(actor, "key revoked", $"key {id}", Detail.OfKey(revoked)));
        return revoked;
    }

    public static ApiKey? Find(Transaction transaction, long id)
    {
        using var select = transaction.Prepare($"SELECT {KeyRow.Columns} FROM api_keys WHERE id = ?");
        return select.Bind(id).Step() ? KeyRow.Read(select) : null;
    }

    private ApiKey? Revoke(Transaction transaction)
    {
        using var update = transaction.Prepare($"UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING {KeyRow.Columns}");
        if (!update.Bind(transaction.Now).Bind(id).Step()) return null;
        var revoked = KeyRow.Read(update);
        transaction.Publish(revoked);
        Sessions.EndOfKey(transaction, id);
        return revoked;
    }
}
