using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Sqlite.Writes;

internal sealed class AddSession(ConsoleSession session, CancellationToken cancel) : Write<bool>(cancel)
{
    public override bool HasSeveralStatements => true;

    protected override bool Apply(Transaction transaction)
    {
        Sessions.EndExpired(transaction);
        Sessions.EndOldest(transaction, session.Key, ConsoleSession.MaxPerKey - 1);
        using var insert = transaction.Prepare("""
            INSERT INTO console_sessions (hash, key, created_at, expires_at)
            SELECT ?, k.id, ?, ? FROM api_keys k JOIN accounts a ON a.id = k.account
            WHERE k.id = ? AND k.revoked_at IS NULL AND a.suspended = 0 RETURNING 1
            """);
        if (!insert.BindBlob(session.Hash).Bind(session.CreatedAt).Bind(session.ExpiresAt).Bind(session.Key).Step()) return false;
        transaction.Publish(session);
        return true;
    }
}

/// <summary>Gives how many ended: one or none.</summary>
internal sealed class EndSession(byte[] hash, CancellationToken cancel) : Write<int>(cancel)
{
    protected override int Apply(Transaction transaction) => Sessions.End(transaction, "hash = ?", where => where.BindBlob(hash));
}

/// <summary>What ends sessions of the console.</summary>
internal static class Sessions
{
    public static void EndOfKey(Transaction transaction, long key) => End(transaction, "key = ?", where => where.Bind(key));

    public static void EndOfAccount(Transaction transaction, int account) =>
        End(transaction, "key IN (SELECT id FROM api_keys WHERE account = ?)", where => where.Bind(account));

    public static void EndExpired(Transaction transaction) => End(transaction, "expires_at <= ?", where => where.Bind(transaction.Now));

    public static void EndOldest(Transaction transaction, long key, int keep) => End(
        transaction,
        "key = ?1 AND hash NOT IN (SELECT hash FROM console_sessions WHERE key = ?1 ORDER BY created_at DESC, hash LIMIT ?2)",
        where => where.Bind(key).Bind(keep));

    public static int End(Transaction transaction, string condition, Action<Statement> bind)
    {
        using var delete = transaction.Prepare($"DELETE FROM console_sessions WHERE {condition} RETURNING {SessionRow.Columns}");
        bind(delete);
        var ended = delete.ReadAll(SessionRow.Read);
        foreach (var session in ended) transaction.Publish(session with { Ended = true });
        return ended.Count;
    }
}
