using Rushes.Jobs;

namespace Rushes.Database.Postgres.Writes;

/// <summary>Takes jobs from workers that died with their gateway: an interruption each. Gives how many.</summary>
internal sealed class Interrupt(string workerPrefix, CancellationToken cancel) : SingleWrite<int>(cancel)
{
    protected override async Task<int> ApplyAsync(Transaction transaction)
    {
        var running = await JobMoves.ReadAsync(transaction, $"state = {StateNumbers.Running} AND starts_with(worker, $1)", workerPrefix);
        var moves = new JobMoves(transaction, running);
        var interrupted = running.Select(job => JobLifecycle.Interrupt(job, transaction.Retries, transaction.Now)).OfType<JobTransition>().ToList();
        interrupted.ForEach(moves.Apply);
        await moves.WriteAsync();
        // All drafts, because who makes one is not stored. Making another gateway's twice costs seconds; its fence decides which counts.
        await transaction.RunAsync($"""
            UPDATE jobs SET draft_until = 'epoch'
            WHERE draft = {StateNumbers.DraftWanted} AND state IN {StateNumbers.Live} AND draft_until > 'epoch'
            """);
        return interrupted.Count;
    }
}
