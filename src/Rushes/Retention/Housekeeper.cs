using Microsoft.Extensions.Logging;
using Rushes.Database;
using Rushes.Files;

namespace Rushes.Retention;

/// <summary>Deletes old rows and files at startup and periodically, on one of the gateways.</summary>
public sealed class Housekeeper(IRetentionStore retention, Pruner pruner, FileSweep sweep, FileRecount recount, StoreOwner owner,
    TimeProvider clock, ILogger<Housekeeper> log)
{
    public static readonly TimeSpan PruneEvery = TimeSpan.FromMinutes(10);

    public static readonly TimeSpan SweepEvery = TimeSpan.FromHours(6);

    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(PruneEvery, clock);
        do await LookAsync(stop);
        while (await NextAsync(timer, stop));
    }

    /// <summary>
    /// Runs the duties that are due and that no other gateway has. Errors are logged and the duty is retried when it is due
    /// again.
    /// </summary>
    public async Task LookAsync(CancellationToken stop)
    {
        // Rows first, because the files of deleted jobs are deleted afterwards.
        await TryAsync(PruneAsync, stop);
        await TryAsync(SweepAsync, stop);
    }

    private async Task PruneAsync(CancellationToken stop)
    {
        if (!await TakeAsync("prune", PruneEvery, stop)) return;
        var deleted = await pruner.RunAsync(stop);
        if (deleted > 0) log.RowsPruned(deleted);
    }

    private async Task SweepAsync(CancellationToken stop)
    {
        if (!await TakeAsync("file sweep", SweepEvery, stop)) return;
        if (!await owner.IsOursAsync(stop))
        {
            log.StoreOfAnotherDatabase(StoreOwner.Key);
            return;
        }
        var swept = await sweep.RunAsync(stop);
        if (swept != new Swept()) log.FilesSwept(swept.Expired, swept.Strays, swept.Unfinished);
        await recount.RunAsync(stop);
    }

    /// <summary>Slightly shorter than the interval, so that no run is skipped.</summary>
    private Task<bool> TakeAsync(string duty, TimeSpan every, CancellationToken stop) =>
        retention.TakeDutyAsync(duty, clock.GetUtcNow() + every - TimeSpan.FromMinutes(1), stop);

    private async Task TryAsync(Func<CancellationToken, Task> duty, CancellationToken stop)
    {
        try
        {
            await duty(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The rest is deleted the next time.
        }
        catch (StoreUnavailableException error)
        {
            log.StoreAway(error.Message);
        }
        catch (DatabaseAwayException)
        {
            // The database logs its own unavailability, once.
        }
        catch (Exception error)
        {
            log.HousekeepingFailed(error);
        }
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
