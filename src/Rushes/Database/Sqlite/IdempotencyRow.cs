using Rushes.Jobs;

namespace Rushes.Database.Sqlite;

/// <summary>How the writer and the readers look a key up.</summary>
internal static class IdempotencyRow
{
    public const string Select = "SELECT job, body_hash FROM idempotency_keys WHERE account = ? AND key = ? AND created_at > ?";

    public static SubmitOutcome? Read(Statement select, int account, IdempotencyKey key, DateTimeOffset now)
    {
        if (!select.Bind(account).Bind(key.Key).Bind(now - key.Life).Step()) return null;
        return select.Bytes(1).SequenceEqual(key.BodyHash) ? new SubmitOutcome.Replayed(select.Long(0)) : new SubmitOutcome.Mismatch();
    }
}
