using System.Security.Cryptography;
using Rushes.Accounts;
using Rushes.Database.Shared;

namespace Rushes.Database.Postgres;

internal sealed class KeyStore(GroupCommit writer, PostgresServer server) : IKeyStore
{
    public Task<ApiKey> AddKeyAsync(ApiKey key, string actor, CancellationToken cancel) => writer.Run(async transaction =>
    {
        var stored = await InsertAsync(transaction, key);
        await AuditLog.AppendAsync(transaction, AuditTexts.KeyCreated(actor, stored));
        return stored;
    }, cancel);

    public Task<bool> SetFirstKeyAsync(ApiKey key, CancellationToken cancel) => writer.Run(async transaction =>
    {
        if (await transaction.ReadAsync(Statements.FindKeyByHash, [key.Hash], KeyRow.Read) is [var known])
            return known.IsSame(key);

        await SessionStore.EndOfKeysAsync(transaction, key.Account, key.Name);
        foreach (var old in await transaction.ChangeAsync(Statements.DeleteKeysByName, [key.Account, key.Name], KeyRow.Read))
            transaction.Changes.Keys.Add(old with { RevokedAt = transaction.Now });
        await AuditLog.AppendAsync(transaction, AuditTexts.FirstKeySet(await InsertAsync(transaction, key)));
        return true;
    }, cancel);

    public Task<ApiKey?> RevokeKeyAsync(long id, string actor, CancellationToken cancel) => writer.Run(async transaction =>
    {
        if (await transaction.ChangeAsync(Statements.RevokeKey, [transaction.Now, id], KeyRow.Read) is not [var revoked])
            return await FindAsync(transaction, id);
        transaction.Changes.Keys.Add(revoked);
        await SessionStore.EndOfKeyAsync(transaction, id);
        await AuditLog.AppendAsync(transaction, AuditTexts.KeyRevoked(actor, revoked));
        return revoked;
    }, cancel);

    public Task<ApiKey?> RotateKeyAsync(long id, byte[] hash, DateTimeOffset oldUntil, string actor, CancellationToken cancel) =>
        writer.Run(async transaction =>
        {
            if (await FindAsync(transaction, id) is not { } old || !old.IsValid(transaction.Now)) return null;

            var made = await InsertAsync(transaction, old with { Hash = hash });
            transaction.Changes.Keys.AddRange(
                await transaction.ChangeAsync(Statements.EndKey, [oldUntil, transaction.Now, id], KeyRow.Read));
            await SessionStore.EndOfKeyAsync(transaction, id);
            await AuditLog.AppendAsync(transaction, AuditTexts.KeyRotated(actor, id, made, oldUntil));
            return made;
        }, cancel);

    public Task RecordKeyUseAsync(IReadOnlyCollection<long> keys, CancellationToken cancel) => writer.Run(transaction =>
        transaction.RunAsync("UPDATE api_keys SET last_used_at = $1 WHERE id = ANY ($2)", transaction.Now, keys.ToArray()),
        cancel);

    public Task<IReadOnlyList<ApiKey>> ReadKeysAsync(CancellationToken cancel) =>
        server.ReadAllAsync(Statements.ReadKeys, [], KeyRow.Read, cancel);

    public Task<byte[]> SecretAsync(string name, int bytes, CancellationToken cancel) => writer.Run(async transaction =>
    {
        await transaction.RunAsync(Statements.InsertSecret, name, RandomNumberGenerator.GetBytes(bytes));
        return (await transaction.ReadAsync(Statements.FindSecret, [name], row => row.Bytes(0)))[0];
    }, cancel);

    private static async Task<ApiKey?> FindAsync(Transaction transaction, long id) =>
        (await transaction.ReadAsync(Statements.FindKey, [id], KeyRow.Read)).FirstOrDefault();

    private static async Task<ApiKey> InsertAsync(Transaction transaction, ApiKey key)
    {
        var stored = await transaction.ChangeAsync(
            Statements.InsertKey,
            [key.Hash, key.Account, key.Name, (int)key.Scopes, KeyRow.Networks(key), transaction.Now, key.ExpiresAt],
            KeyRow.Read);
        transaction.Changes.Keys.AddRange(stored);
        return stored[0];
    }
}
