using System.Security.Cryptography;
using Rushes.Accounts;

namespace Rushes.Database.Shared;

internal sealed class KeyStore(IWriter writer, IReader reader) : IKeyStore
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

    public Task<RevokeOutcome> RevokeKeyAsync(long id, string actor, CancellationToken cancel) =>
        writer.Run<RevokeOutcome>(async transaction =>
        {
            if (await FindAsync(transaction, id) is not { } key) return new RevokeOutcome.Unknown();
            if (key.RevokedAt is not null) return new RevokeOutcome.Revoked(key);
            if (key.Scopes.HasFlag(Scopes.Admin) && await IsLastAdminAsync(transaction, Statements.FindOtherKey, id))
                return new RevokeOutcome.LastAdmin();

            var revoked = (await transaction.ChangeAsync(Statements.RevokeKey, [transaction.Now, id], KeyRow.Read))[0];
            transaction.Changes.Keys.Add(revoked);
            await SessionStore.EndOfKeyAsync(transaction, id);
            await AuditLog.AppendAsync(transaction, AuditTexts.KeyRevoked(actor, revoked));
            return new RevokeOutcome.Revoked(revoked);
        }, cancel);

    /// <summary>Whether no other valid key with the scope admin is left.</summary>
    /// <param name="statement">Finds the others: of other accounts, or all other keys.</param>
    public static async Task<bool> IsLastAdminAsync(ITransaction transaction, string statement, object except) =>
        !await HasAdminAsync(transaction, statement, except) && await HasAdminAsync(transaction, Statements.FindOtherKey, 0L);

    private static async Task<bool> HasAdminAsync(ITransaction transaction, string statement, object except) =>
        await transaction.ReadAsync(statement, [except, (int)Scopes.Admin, transaction.Now], row => row.Long(0)) is not [];

    public Task<ApiKey?> RotateKeyAsync(long id, byte[] hash, DateTimeOffset oldUntil, string actor, CancellationToken cancel) =>
        writer.Run(async transaction =>
        {
            if (await FindAsync(transaction, id) is not { IsPerson: false } old || !old.IsValid(transaction.Now)) return null;

            var made = await InsertAsync(transaction, old with { Hash = hash });
            transaction.Changes.Keys.AddRange(
                await transaction.ChangeAsync(Statements.EndKey, [oldUntil, transaction.Now, id], KeyRow.Read));
            await SessionStore.EndOfKeyAsync(transaction, id);
            await AuditLog.AppendAsync(transaction, AuditTexts.KeyRotated(actor, id, made, oldUntil));
            return made;
        }, cancel);

    public Task<SignInOutcome> SignInAsync(Person person, CancellationToken cancel) =>
        writer.Run(transaction => PersonSignIn.RunAsync(transaction, person), cancel);

    public Task RecordKeyUseAsync(IReadOnlyCollection<long> keys, CancellationToken cancel) => writer.Run(async transaction =>
    {
        await transaction.RunAsync(Statements.RecordKeyUse, [.. keys.Select(key => new object?[] { transaction.Now, key })]);
        return keys.Count;
    }, cancel);

    public Task<IReadOnlyList<ApiKey>> ReadKeysAsync(CancellationToken cancel) =>
        reader.ReadAllAsync(Statements.ReadKeys, [], KeyRow.Read, cancel);

    public Task<byte[]> SecretAsync(string name, int bytes, CancellationToken cancel) => writer.Run(async transaction =>
    {
        await transaction.RunAsync(Statements.InsertSecret, [name, RandomNumberGenerator.GetBytes(bytes)]);
        return (await transaction.ReadAsync(Statements.FindSecret, [name], row => row.Bytes(0).ToArray()))[0];
    }, cancel);

    private static async Task<ApiKey?> FindAsync(ITransaction transaction, long id) =>
        await transaction.ReadAsync(Statements.FindKey, [id], KeyRow.Read) is [var key] ? key : null;

    private static async Task<ApiKey> InsertAsync(ITransaction transaction, ApiKey key)
    {
        var stored = await transaction.ChangeAsync(
            Statements.InsertKey,
            [key.Hash, key.Account, key.Name, (int)key.Scopes, KeyRow.Networks(key), transaction.Now, key.ExpiresAt],
            KeyRow.Read);
        transaction.Changes.Keys.AddRange(stored);
        return stored[0];
    }
}
