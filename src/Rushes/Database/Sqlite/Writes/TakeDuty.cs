namespace Rushes.Database.Sqlite.Writes;

internal sealed class TakeDuty(string duty, DateTimeOffset until, CancellationToken cancel) : Write<bool>(cancel)
{
    protected override bool Apply(Transaction transaction)
    {
        // Later than anyone would take it for now: the clock was ahead then, and is right again.
        using var upsert = transaction.Prepare("""
            INSERT INTO duties (name, until) VALUES (?1, ?2)
            ON CONFLICT (name) DO UPDATE SET until = ?2 WHERE until <= ?3 OR until > ?2
            RETURNING 1
            """);
        return upsert.Bind(duty).Bind(until).Bind(transaction.Now).Step();
    }
}
