using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>
/// Makes this the one key of its name and account; the one that was set before is forgotten. False: the key is known
/// already as another one, or was revoked.
/// </summary>
internal sealed class SetFirstKey(ApiKey key, CancellationToken cancel) : Write<bool>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override bool Apply(Transaction transaction)
    {
        if (Find(transaction) is { } known) return known.Account == key.Account && known.Name == key.Name && known.RevokedAt is null;

        Sessions.End(
            transaction, "key IN (SELECT id FROM api_keys WHERE account = ? AND name = ?)", where => where.Bind(key.Account).Bind(key.Name));
        using (var delete = transaction.Prepare("DELETE FROM api_keys WHERE account = ? AND name = ? AND revoked_at IS NULL"))
            delete.Bind(key.Account).Bind(key.Name).Execute();
        var stored = AddKey.Insert(transaction, key);
        AppendAudit.To(transaction, new AuditEntry(AuditEntry.System, "first key set", $"key {stored.Id}", Detail.OfKey(stored)));
        return true;
    }

    private ApiKey? Find(Transaction transaction)
    {
        using var select = transaction.Prepare($"SELECT {KeyRow.Columns} FROM api_keys WHERE hash = ?");
        return select.BindBlob(key.Hash).Step() ? KeyRow.Read(select) : null;
    }
}
