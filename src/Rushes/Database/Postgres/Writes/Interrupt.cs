namespace Rushes.Database.Postgres.Writes;

/// <summary>Takes jobs from workers that died with their gateway: an interruption each. Gives how many.</summary>
internal sealed class Interrupt(string workerPrefix, CancellationToken cancel) : SingleWrite<int>(cancel)
{
    protected override async Task<int> ApplyAsync(Transaction transaction)
    {
        var running = await JobMoves.ReadAsync(transaction, "state = 1 AND starts_with(worker, $1)", workerPrefix);
        foreach (var job in running) job.EndByInterruption(transaction.Retries);
        await new JobMoves(transaction, running).WriteAsync();
        // Everyone's: who makes a draft is not noted. That another gateway's may be made twice costs seconds, and the fence sees to the rest.
        await transaction.RunAsync("UPDATE jobs SET draft_until = 'epoch' WHERE draft = 1 AND state IN (0, 1, 2, 6) AND draft_until > 'epoch'");
        return running.Count;
    }
}
