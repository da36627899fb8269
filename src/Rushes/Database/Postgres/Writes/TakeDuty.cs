namespace Rushes.Database.Postgres.Writes;

internal sealed class TakeDuty(string duty, DateTimeOffset until, CancellationToken cancel) : SingleWrite<bool>(cancel)
{
    // Later than anyone would take it for now: a clock was ahead then, and is right again.
    protected override async Task<bool> ApplyAsync(Transaction transaction) => await transaction.RunAsync(
        """
        INSERT INTO duties (name, until) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET until = $2 WHERE duties.until <= $3 OR duties.until > $2
        """,
        duty, until, transaction.Now) > 0;
}
