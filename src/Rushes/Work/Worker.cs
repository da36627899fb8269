using Microsoft.Extensions.Logging;
using Rushes.Catalog;
using Rushes.Database;
using Rushes.Engines;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>One slot: takes a job, has the engine make it, delivers the file, takes the next.</summary>
/// <param name="name">Who holds the leases: <c>node/slot</c>.</param>
/// <param name="scratch">A folder of this slot alone.</param>
public sealed class Worker(
    string name, IJobSource source, IEngine engine, ModelCatalog catalog, string scratch, WorkOptions options, TimeProvider clock, ILogger<Worker> log)
{
    private readonly JobRun run = new(source, engine, catalog, clock, log);

    /// <summary>What it takes: the models that the engine serves.</summary>
    public ClaimOffer Offer { get; } = ClaimOffer.Of(name, catalog, engine.Serves);

    /// <summary>Works until <paramref name="drain"/>; then finishes its job if it can do so in time, else hands it back.</summary>
    public async Task RunAsync(CancellationToken drain)
    {
        while (!drain.IsCancellationRequested)
        {
            try
            {
                await engine.ReadyAsync(drain);
                var lease = await source.ClaimAsync(Offer, drain);
                log.JobStarted(lease.Job.Id, name, lease.Fence);
                await RunOneAsync(lease, drain);
            }
            catch (OperationCanceledException) when (drain.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is not Remote.WorkerRefusedException)
            {
                // That the database is away it says itself, once.
                if (error is not DatabaseAwayException) log.WorkerStumbled(error, name);
                await Task.Delay(options.Heartbeat, clock, drain).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task RunOneAsync(Lease lease, CancellationToken drain)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, $"{lease.Job.Id}-{lease.Fence}")).FullName;
        await using var keeper = new LeaseKeeper(source, lease, options, clock);
        using var handBack = new CancellationTokenSource();
        await using var patience = drain.Register(() => handBack.CancelAfter(options.Drain));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(keeper.Stop, handBack.Token);
        try
        {
            var kept = await run.MakeAsync(lease, folder, keeper.Report, stop.Token) switch
            {
                Made.Video video => await source.DeliverAsync(lease, video.Path, CancellationToken.None),
                Made.Nothing nothing => await source.EndAsync(lease, nothing.Why, CancellationToken.None),
                _ => throw new InvalidOperationException("a run makes a video or nothing"),
            };
            if (kept) log.JobEnded(lease.Job.Id, name);
            else log.LeaseLost(lease.Job.Id, name, lease.Fence);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            if (keeper.Answer == LeaseAnswer.Lost)
                log.LeaseLost(lease.Job.Id, name, lease.Fence);
            else
                await source.EndAsync(lease, keeper.Answer == LeaseAnswer.Stop ? new RunOutcome.Stopped() : new RunOutcome.Returned(), CancellationToken.None);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
