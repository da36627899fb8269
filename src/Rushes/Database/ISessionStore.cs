using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>
/// Sessions of the console. Revoking or rotating a key ends its sessions, suspending an account ends those of its keys, each
/// in the same commit.
/// </summary>
public interface ISessionStore
{
    /// <summary>
    /// Stores a session and deletes expired ones. False: the key was revoked or its account suspended meanwhile.
    /// </summary>
    Task<bool> AddSessionAsync(ConsoleSession session, CancellationToken cancel);

    /// <summary>Ends a session; one that is not there needs nothing.</summary>
    Task EndSessionAsync(byte[] hash, CancellationToken cancel);

    /// <summary>Null: it never was, or has ended.</summary>
    Task<ConsoleSession?> FindSessionAsync(byte[] hash, CancellationToken cancel);

    /// <summary>Every session that is stored, expired ones included.</summary>
    Task<IReadOnlyList<ConsoleSession>> ReadSessionsAsync(CancellationToken cancel);
}
