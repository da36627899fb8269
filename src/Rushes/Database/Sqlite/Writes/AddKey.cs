using Rushes.Accounts;

namespace Rushes.Database.Sqlite.Writes;

/// <summary>True: the key is new.</summary>
internal sealed class AddKey(ApiKey key, CancellationToken cancel) : Write<bool>(cancel)
{
    protected override bool Apply(Transaction transaction)
    {
        using var insert = transaction.Prepare("""
            INSERT INTO api_keys (hash, account, scopes, created_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (hash) DO NOTHING RETURNING 1
            """);
        return insert.BindBlob(key.Hash).Bind(key.Account).Bind((long)key.Scopes).Bind(key.CreatedAt).Step();
    }
}
