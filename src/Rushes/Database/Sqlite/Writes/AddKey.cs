using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Sqlite.Writes;

internal sealed class AddKey(ApiKey key, string actor, CancellationToken cancel) : Write<ApiKey>(cancel)
{
    public override bool HasSeveralStatements => true;

    public static ApiKey Insert(Transaction transaction, ApiKey key)
    {
        using var insert = transaction.Prepare($"""
            INSERT INTO api_keys (hash, account, name, scopes, networks, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            RETURNING {KeyRow.Columns}
            """);
        insert
            .BindBlob(key.Hash).Bind(key.Account).Bind(key.Name).Bind((long)key.Scopes).Bind(KeyRow.Networks(key))
            .Bind(transaction.Now).Bind(key.ExpiresAt).Step();
        var stored = KeyRow.Read(insert);
        transaction.Publish(stored);
        return stored;
    }

    protected override ApiKey Apply(Transaction transaction)
    {
        var stored = Insert(transaction, key);
        AppendAudit.To(transaction, new AuditEntry(actor, "key created", $"key {stored.Id}", Detail.OfKey(stored)));
        return stored;
    }
}
