using Rushes.Accounts;

namespace Rushes.Database;

/// <summary>
/// Console sessions. Revoking or rotating a key ends its sessions, and suspending an account ends those of its keys, each in
/// the same commit.
/// </summary>
public interface ISessionStore
{
    /// <summary>
    /// Stores a session and deletes expired ones. Returns false if the key was revoked or its account suspended.
    /// </summary>
    Task<bool> AddSessionAsync(ConsoleSession session, CancellationToken cancel);

    /// <summary>Ends a session; no effect if it does not exist.</summary>
    Task EndSessionAsync(byte[] hash, CancellationToken cancel);

    /// <summary>Returns null if the session does not exist or has ended.</summary>
    Task<ConsoleSession?> FindSessionAsync(byte[] hash, CancellationToken cancel);

    /// <summary>All stored sessions, including expired ones.</summary>
    Task<IReadOnlyList<ConsoleSession>> ReadSessionsAsync(CancellationToken cancel);
}
