using Rushes.Accounts;

namespace Rushes.Database.Shared;

internal sealed class SessionStore(IWriter writer, IReader reader) : ISessionStore
{
    public Task<bool> AddSessionAsync(ConsoleSession session, CancellationToken cancel) => writer.Run(async transaction =>
    {
        await EndAsync(transaction, Statements.DeleteExpiredSessions, transaction.Now);
        await EndAsync(transaction, Statements.DeleteOldestSessions, session.Key, ConsoleSession.MaxPerKey - 1);
        var stored = await transaction.ChangeAsync(
            Statements.InsertSession, [session.Hash, session.CreatedAt, session.ExpiresAt, session.Key], row => row.Long(0));
        if (stored.Count == 0) return false;
        transaction.Changes.Sessions.Add(session);
        return true;
    }, cancel);

    public Task EndSessionAsync(byte[] hash, CancellationToken cancel) =>
        writer.Run(transaction => EndAsync(transaction, Statements.DeleteSession, hash), cancel);

    public async Task<ConsoleSession?> FindSessionAsync(byte[] hash, CancellationToken cancel) =>
        await reader.ReadAllAsync(Statements.FindSession, [hash], SessionRow.Read, cancel) is [var session] ? session : null;

    public Task<IReadOnlyList<ConsoleSession>> ReadSessionsAsync(CancellationToken cancel) =>
        reader.ReadAllAsync(Statements.ReadSessions, [], SessionRow.Read, cancel);

    public static Task EndOfKeyAsync(ITransaction transaction, long key) =>
        EndAsync(transaction, Statements.DeleteSessionsOfKey, key);

    public static Task EndOfKeysAsync(ITransaction transaction, int account, string name) =>
        EndAsync(transaction, Statements.DeleteSessionsOfKeys, account, name);

    public static Task EndOfAccountAsync(ITransaction transaction, int account) =>
        EndAsync(transaction, Statements.DeleteSessionsOfAccount, account);

    private static async Task<int> EndAsync(ITransaction transaction, string delete, params object?[] values)
    {
        var ended = await transaction.ChangeAsync(delete, values, SessionRow.Read);
        foreach (var session in ended) transaction.Changes.Sessions.Add(session with { Ended = true });
        return ended.Count;
    }
}
