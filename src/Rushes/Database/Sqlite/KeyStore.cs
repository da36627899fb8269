using System.Security.Cryptography;
using Rushes.Accounts;
using Rushes.Database.Shared;

namespace Rushes.Database.Sqlite;

internal sealed class KeyStore(GroupCommit writer, ReaderPool readers) : IKeyStore
{
    public Task<ApiKey> AddKeyAsync(ApiKey key, string actor, CancellationToken cancel) => writer.Run(transaction =>
    {
        var stored = Insert(transaction, key);
        AuditLog.Append(transaction, AuditTexts.KeyCreated(actor, stored));
        return stored;
    }, cancel);

    public Task<bool> SetFirstKeyAsync(ApiKey key, CancellationToken cancel) => writer.Run(transaction =>
    {
        using (var select = transaction.Prepare(Statements.FindKeyByHash))
            if (select.BindBlob(key.Hash).Step()) return KeyRow.Read(select).IsSame(key);

        SessionStore.EndOfKeys(transaction, key.Account, key.Name);
        using (var delete = transaction.Prepare(Statements.DeleteKeysByName))
            foreach (var old in delete.Bind(key.Account).Bind(key.Name).ReadAll(KeyRow.Read))
                transaction.Changes.Keys.Add(old with { RevokedAt = transaction.Now });
        AuditLog.Append(transaction, AuditTexts.FirstKeySet(Insert(transaction, key)));
        return true;
    }, cancel);

    public Task<RevokeOutcome> RevokeKeyAsync(long id, string actor, CancellationToken cancel) =>
        writer.Run<RevokeOutcome>(transaction =>
        {
            if (Find(transaction, id) is not { } key) return new RevokeOutcome.Unknown();
            if (key.RevokedAt is not null) return new RevokeOutcome.Revoked(key);
            if (key.Scopes.HasFlag(Scopes.Admin) && IsLastAdmin(transaction, Statements.FindOtherKey, id))
                return new RevokeOutcome.LastAdmin();

            using var update = transaction.Prepare(Statements.RevokeKey);
            update.Bind(transaction.Now).Bind(id).Step();
            var revoked = KeyRow.Read(update);
            transaction.Changes.Keys.Add(revoked);
            SessionStore.EndOfKey(transaction, id);
            AuditLog.Append(transaction, AuditTexts.KeyRevoked(actor, revoked));
            return new RevokeOutcome.Revoked(revoked);
        }, cancel);

    /// <summary>Whether no other valid key with the scope admin is left.</summary>
    /// <param name="statement">Finds the others: of other accounts, or all other keys.</param>
    public static bool IsLastAdmin(Transaction transaction, string statement, long except) =>
        !HasAdmin(transaction, statement, except) && HasAdmin(transaction, Statements.FindOtherKey, 0);

    private static bool HasAdmin(Transaction transaction, string statement, long except)
    {
        using var select = transaction.Prepare(statement);
        return select.Bind(except).Bind((long)Scopes.Admin).Bind(transaction.Now).Step();
    }

    public Task<ApiKey?> RotateKeyAsync(long id, byte[] hash, DateTimeOffset oldUntil, string actor, CancellationToken cancel) =>
        writer.Run(transaction =>
        {
            if (Find(transaction, id) is not { } old || !old.IsValid(transaction.Now)) return null;

            var made = Insert(transaction, old with { Hash = hash });
            using var update = transaction.Prepare(Statements.EndKey);
            update.Bind(oldUntil).Bind(transaction.Now).Bind(id).Step();
            transaction.Changes.Keys.Add(KeyRow.Read(update));
            SessionStore.EndOfKey(transaction, id);
            AuditLog.Append(transaction, AuditTexts.KeyRotated(actor, id, made, oldUntil));
            return made;
        }, cancel);

    public Task RecordKeyUseAsync(IReadOnlyCollection<long> keys, CancellationToken cancel) => writer.Run(transaction =>
    {
        foreach (var key in keys)
        {
            using var update = transaction.Prepare("UPDATE api_keys SET last_used_at = ? WHERE id = ?");
            update.Bind(transaction.Now).Bind(key).Execute();
        }

        return keys.Count;
    }, cancel);

    public Task<IReadOnlyList<ApiKey>> ReadKeysAsync(CancellationToken cancel) =>
        readers.ReadAllAsync(Statements.ReadKeys, KeyRow.Read);

    public Task<byte[]> SecretAsync(string name, int bytes, CancellationToken cancel) => writer.Run(transaction =>
    {
        using (var insert = transaction.Prepare(Statements.InsertSecret))
            insert.Bind(name).BindBlob(RandomNumberGenerator.GetBytes(bytes)).Execute();

        using var select = transaction.Prepare(Statements.FindSecret);
        select.Bind(name).Step();
        return select.Bytes(0).ToArray();
    }, cancel, single: true);

    private static ApiKey? Find(Transaction transaction, long id)
    {
        using var select = transaction.Prepare(Statements.FindKey);
        return select.Bind(id).Step() ? KeyRow.Read(select) : null;
    }

    private static ApiKey Insert(Transaction transaction, ApiKey key)
    {
        using var insert = transaction.Prepare(Statements.InsertKey);
        insert
            .BindBlob(key.Hash).Bind(key.Account).Bind(key.Name).Bind((long)key.Scopes).Bind(KeyRow.Networks(key))
            .Bind(transaction.Now).Bind(key.ExpiresAt).Step();
        var stored = KeyRow.Read(insert);
        transaction.Changes.Keys.Add(stored);
        return stored;
    }
}
