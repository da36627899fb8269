using Microsoft.Extensions.Logging;
using Rushes.Database;
using Rushes.Files;

namespace Rushes.Retention;

/// <summary>Sees to it that what is too old goes: at the start and from time to time, one gateway of all.</summary>
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

    /// <summary>Does what is due and nobody else does. What goes wrong is logged, and tried again when it is due again.</summary>
    public async Task LookAsync(CancellationToken stop)
    {
        // Rows first: the files of a job that is gone are strays.
        await TryAsync(PruneAsync, stop);
        await TryAsync(SweepAsync, stop);
    }

    private async Task PruneAsync(CancellationToken stop)
    {
        if (!await TakeAsync("prune", PruneEvery, stop)) return;
        var gone = await pruner.RunAsync(stop);
        if (gone > 0) log.RowsPruned(gone);
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

    /// <summary>A little less than the time between two looks, or every second look would come too early.</summary>
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
            // What is left goes the next time.
        }
        catch (StoreUnavailableException error)
        {
            log.StoreAway(error.Message);
        }
        catch (DatabaseAwayException)
        {
            // That it is away it says itself, once.
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
