namespace Rushes.Database.Postgres.Writes;

/// <summary>Begins a new run of tries.</summary>
internal sealed class Redeliver(long delivery, int account, CancellationToken cancel) : SingleWrite<bool>(cancel)
{
    protected override async Task<bool> ApplyAsync(Transaction transaction)
    {
        var begun = await transaction.RunAsync(
            "UPDATE deliveries SET state = 0, run_tries = 0, next_at = $1, ended_at = NULL WHERE id = $2 AND account = $3", transaction.Now, delivery, account);
        transaction.News.DeliveriesWait |= begun > 0;
        return begun > 0;
    }
}
