using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>
/// API keys, and the secrets of the installation. The <c>actor</c> who changes a key is recorded in the audit log in the same
/// commit, see <see cref="AuditEntry.Actor"/>.
/// </summary>
public interface IKeyStore
{
    /// <summary>Stores a key and returns it with its id.</summary>
    Task<ApiKey> AddKeyAsync(ApiKey key, string actor, CancellationToken cancel);

    /// <summary>
    /// Makes this the only valid key with its name and account; an earlier one is deleted. Returns false if the key is stored
    /// under another name or was revoked.
    /// </summary>
    Task<bool> SetFirstKeyAsync(ApiKey key, CancellationToken cancel);

    /// <summary>Revoking a key again has no effect.</summary>
    Task<RevokeOutcome> RevokeKeyAsync(long id, string actor, CancellationToken cancel);

    /// <summary>
    /// Creates a key with the permissions of the old one, which stays valid until <paramref name="oldUntil"/>. Returns null
    /// if the old key does not exist, is invalid or belongs to a person.
    /// </summary>
    Task<ApiKey?> RotateKeyAsync(long id, byte[] hash, DateTimeOffset oldUntil, string actor, CancellationToken cancel);

    /// <summary>
    /// Finds the key of a person and gives it the person's scopes; if they changed, its sessions end. A new person gets a key,
    /// and an account if there is none with the name.
    /// </summary>
    Task<SignInOutcome> SignInAsync(Person person, CancellationToken cancel);

    /// <summary>Records that these keys were used.</summary>
    Task RecordKeyUseAsync(IReadOnlyCollection<long> keys, CancellationToken cancel);

    /// <summary>All keys, including revoked ones, ordered by id.</summary>
    Task<IReadOnlyList<ApiKey>> ReadKeysAsync(CancellationToken cancel);

    /// <summary>
    /// A secret of this installation, such as the key that signs URLs. Created on first use; it never changes.
    /// </summary>
    Task<byte[]> SecretAsync(string name, int bytes, CancellationToken cancel);
}
