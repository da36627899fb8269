using Rushes.Accounts;
using Rushes.Database.Rows;

namespace Rushes.Database.Postgres.Writes;

internal sealed class AddSession(ConsoleSession session, CancellationToken cancel) : SingleWrite<bool>(cancel)
{
    protected override async Task<bool> ApplyAsync(Transaction transaction)
    {
        await Sessions.EndExpiredAsync(transaction);
        await Sessions.EndOldestAsync(transaction, session.Key, ConsoleSession.MaxPerKey - 1);
        var stored = await transaction.RunAsync(
            """
            INSERT INTO console_sessions (hash, key, created_at, expires_at)
            SELECT $1, k.id, $2, $3 FROM api_keys k JOIN accounts a ON a.id = k.account
            WHERE k.id = $4 AND k.revoked_at IS NULL AND NOT a.suspended
            """,
            session.Hash, session.CreatedAt, session.ExpiresAt, session.Key);
        if (stored == 0) return false;
        transaction.Publish(session);
        return true;
    }
}

/// <summary>Gives how many ended: one or none.</summary>
internal sealed class EndSession(byte[] hash, CancellationToken cancel) : SingleWrite<int>(cancel)
{
    protected override Task<int> ApplyAsync(Transaction transaction) => Sessions.EndAsync(transaction, "hash = $1", hash);
}

/// <summary>What ends sessions of the console.</summary>
internal static class Sessions
{
    public static Task EndOfKeyAsync(Transaction transaction, long key) => EndAsync(transaction, "key = $1", key);

    public static Task EndOfAccountAsync(Transaction transaction, int account) =>
        EndAsync(transaction, "key IN (SELECT id FROM api_keys WHERE account = $1)", account);

    public static Task EndExpiredAsync(Transaction transaction) => EndAsync(transaction, "expires_at <= $1", transaction.Now);

    public static Task EndOldestAsync(Transaction transaction, long key, int keep) => EndAsync(
        transaction,
        "key = $1 AND hash NOT IN (SELECT hash FROM console_sessions WHERE key = $1 ORDER BY created_at DESC, hash LIMIT $2)",
        key, keep);

    public static async Task<int> EndAsync(Transaction transaction, string condition, params object?[] values)
    {
        var ended = await transaction.ChangeAsync(
            $"DELETE FROM console_sessions WHERE {condition} RETURNING {SessionRow.Columns}", values, SessionRow.Read);
        foreach (var session in ended) transaction.Publish(session with { Ended = true });
        return ended.Count;
    }
}
