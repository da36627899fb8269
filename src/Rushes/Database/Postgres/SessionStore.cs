using Rushes.Accounts;
using Rushes.Database.Shared;

namespace Rushes.Database.Postgres;

internal sealed class SessionStore(GroupCommit writer, PostgresServer server) : ISessionStore
{
    public Task<bool> AddSessionAsync(ConsoleSession session, CancellationToken cancel) => writer.Run(async transaction =>
    {
        await EndAsync(transaction, Statements.DeleteExpiredSessions, transaction.Now);
        await EndAsync(transaction, Statements.DeleteOldestSessions, session.Key, ConsoleSession.MaxPerKey - 1);
        var stored = await transaction.RunAsync(
            Statements.InsertSession, session.Hash, session.CreatedAt, session.ExpiresAt, session.Key);
        if (stored == 0) return false;
        transaction.Changes.Sessions.Add(session);
        return true;
    }, cancel);

    public Task EndSessionAsync(byte[] hash, CancellationToken cancel) =>
        writer.Run(transaction => EndAsync(transaction, Statements.DeleteSession, hash), cancel);

    public Task<ConsoleSession?> FindSessionAsync(byte[] hash, CancellationToken cancel) => server.ReadAsync(
        async session => (await session.ReadAsync(Statements.FindSession, [hash], SessionRow.Read)).FirstOrDefault(), cancel);

    public Task<IReadOnlyList<ConsoleSession>> ReadSessionsAsync(CancellationToken cancel) =>
        server.ReadAllAsync(Statements.ReadSessions, [], SessionRow.Read, cancel);

    public static Task EndOfKeyAsync(Transaction transaction, long key) =>
        EndAsync(transaction, Statements.DeleteSessionsOfKey, key);

    public static Task EndOfKeysAsync(Transaction transaction, int account, string name) =>
        EndAsync(transaction, Statements.DeleteSessionsOfKeys, account, name);

    public static Task EndOfAccountAsync(Transaction transaction, int account) =>
        EndAsync(transaction, Statements.DeleteSessionsOfAccount, account);

    private static async Task<int> EndAsync(Transaction transaction, string delete, params object?[] values)
    {
        var ended = await transaction.ChangeAsync(delete, values, SessionRow.Read);
        foreach (var session in ended) transaction.Changes.Sessions.Add(session with { Ended = true });
        return ended.Count;
    }
}
