using Rushes.Accounts;
using Rushes.Database.Shared;

namespace Rushes.Database.Sqlite;

internal sealed class SessionStore(GroupCommit writer, ReaderPool readers) : ISessionStore
{
    public Task<bool> AddSessionAsync(ConsoleSession session, CancellationToken cancel) => writer.Run(transaction =>
    {
        End(transaction, Statements.DeleteExpiredSessions, where => where.Bind(transaction.Now));
        End(transaction, Statements.DeleteOldestSessions, where => where.Bind(session.Key).Bind(ConsoleSession.MaxPerKey - 1));
        using var insert = transaction.Prepare(Statements.InsertSession);
        if (!insert.BindBlob(session.Hash).Bind(session.CreatedAt).Bind(session.ExpiresAt).Bind(session.Key).Step()) return false;
        transaction.Changes.Sessions.Add(session);
        return true;
    }, cancel);

    public Task EndSessionAsync(byte[] hash, CancellationToken cancel) => writer.Run(
        transaction => End(transaction, Statements.DeleteSession, where => where.BindBlob(hash)), cancel, single: true);

    public Task<ConsoleSession?> FindSessionAsync(
        byte[] hash, CancellationToken cancel) => Task.FromResult(readers.Read(session =>
    {
        using var select = session.Prepare(Statements.FindSession);
        return select.BindBlob(hash).Step() ? SessionRow.Read(select) : null;
    }));

    public Task<IReadOnlyList<ConsoleSession>> ReadSessionsAsync(CancellationToken cancel) =>
        readers.ReadAllAsync(Statements.ReadSessions, SessionRow.Read);

    public static void EndOfKey(Transaction transaction, long key) =>
        End(transaction, Statements.DeleteSessionsOfKey, where => where.Bind(key));

    public static void EndOfKeys(Transaction transaction, int account, string name) =>
        End(transaction, Statements.DeleteSessionsOfKeys, where => where.Bind(account).Bind(name));

    public static void EndOfAccount(Transaction transaction, int account) =>
        End(transaction, Statements.DeleteSessionsOfAccount, where => where.Bind(account));

    private static int End(Transaction transaction, string delete, Action<Statement> bind)
    {
        using var statement = transaction.Prepare(delete);
        bind(statement);
        var ended = statement.ReadAll(SessionRow.Read);
        foreach (var session in ended) transaction.Changes.Sessions.Add(session with { Ended = true });
        return ended.Count;
    }
}
