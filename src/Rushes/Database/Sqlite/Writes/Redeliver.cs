namespace Rushes.Database.Sqlite.Writes;

/// <summary>Begins a new run of tries.</summary>
internal sealed class Redeliver(long delivery, int account, CancellationToken cancel) : Write<bool>(cancel)
{
    protected override bool Apply(Transaction transaction)
    {
        using var update = transaction.Prepare("""
            UPDATE deliveries SET state = 0, run_tries = 0, next_at = ?, ended_at = NULL WHERE id = ? AND account = ? RETURNING 1
            """);
        if (!update.Bind(transaction.Now).Bind(delivery).Bind(account).Step()) return false;
        transaction.News.DeliveriesWait = true;
        return true;
    }
}
