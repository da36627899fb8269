using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>
/// API keys, and the secrets of the installation. Who changes a key is noted in the audit, in the same commit: <c>actor</c>, as
/// <see cref="AuditEntry.Actor"/>.
/// </summary>
public interface IKeyStore
{
    /// <summary>Stores a key; gives it with its id.</summary>
    Task<ApiKey> AddKeyAsync(ApiKey key, string actor, CancellationToken cancel);

    /// <summary>
    /// Makes this the only valid key of its name and account: one that was set so before is deleted. False: the key is known
    /// already as another one, or was revoked.
    /// </summary>
    Task<bool> SetFirstKeyAsync(ApiKey key, CancellationToken cancel);

    /// <summary>The key as it is afterwards; null when there is none. Revoking again changes nothing.</summary>
    Task<ApiKey?> RevokeKeyAsync(long id, string actor, CancellationToken cancel);

    /// <summary>
    /// A new key that allows what the old one does; the old one is valid until <paramref name="oldUntil"/>. Null: there is
    /// none, or it is no longer valid.
    /// </summary>
    Task<ApiKey?> RotateKeyAsync(long id, byte[] hash, DateTimeOffset oldUntil, string actor, CancellationToken cancel);

    /// <summary>Notes that these were used up to now.</summary>
    Task RecordKeyUseAsync(IReadOnlyCollection<long> keys, CancellationToken cancel);

    /// <summary>Every key there ever was, by id.</summary>
    Task<IReadOnlyList<ApiKey>> ReadKeysAsync(CancellationToken cancel);

    /// <summary>
    /// A secret of this installation, such as the key that signs links: made on first use, the same ever after.
    /// </summary>
    Task<byte[]> SecretAsync(string name, int bytes, CancellationToken cancel);
}
