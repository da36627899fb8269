using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>Accounts and keys. Who does something is noted in the audit, in the same commit: <c>actor</c>, as <see cref="AuditEntry.Actor"/>.</summary>
public partial interface IDatabase
{
    /// <summary>
    /// Called after a commit for each account made or changed in it, before that commit's callers are answered. The receiver
    /// must be quick and must not call back.
    /// </summary>
    event Action<Account>? AccountChanged;

    /// <summary>The same for each key made, changed or revoked.</summary>
    event Action<ApiKey>? KeyChanged;

    /// <summary>Creates the account when there is none by that name, with the default plan; gives its id.</summary>
    Task<int> EnsureAccountAsync(string name, CancellationToken cancel);

    /// <summary>Null: the name is taken.</summary>
    Task<Account?> AddAccountAsync(string name, string plan, string actor, CancellationToken cancel);

    Task<AccountOutcome> ChangeAccountAsync(int id, AccountChange change, string actor, CancellationToken cancel);

    /// <summary>By id.</summary>
    Task<IReadOnlyList<Account>> ReadAccountsAsync(CancellationToken cancel);

    /// <summary>Stores a key; gives it with its id.</summary>
    Task<ApiKey> AddKeyAsync(ApiKey key, string actor, CancellationToken cancel);

    /// <summary>
    /// Makes this the only key of its name and account: one that was set so before is good no more. False: the key is known
    /// already as another one, or was revoked.
    /// </summary>
    Task<bool> SetFirstKeyAsync(ApiKey key, CancellationToken cancel);

    /// <summary>The key, no longer good; null when there is none.</summary>
    Task<ApiKey?> RevokeKeyAsync(long id, string actor, CancellationToken cancel);

    /// <summary>
    /// A new key that may do what the old one may; the old one is good until <paramref name="oldUntil"/>. Null: there is none,
    /// or it is good no more.
    /// </summary>
    Task<ApiKey?> RotateKeyAsync(long id, byte[] hash, DateTimeOffset oldUntil, string actor, CancellationToken cancel);

    /// <summary>Notes that these were used up to now.</summary>
    Task RecordKeyUseAsync(IReadOnlyCollection<long> keys, CancellationToken cancel);

    /// <summary>Every key there ever was, by id.</summary>
    Task<IReadOnlyList<ApiKey>> ReadKeysAsync(CancellationToken cancel);
}
