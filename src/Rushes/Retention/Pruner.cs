using Rushes.Database;

namespace Rushes.Retention;

/// <summary>Deletes old rows. The files of deleted jobs are deleted by <see cref="FileSweep"/>.</summary>
public sealed class Pruner(IRetentionStore retention, KeepRules keep, TimeProvider clock)
{
    /// <summary>Takes a few milliseconds of the writer's time.</summary>
    private const int AtOnce = 200;

    /// <summary>Deletes all old rows. Returns how many.</summary>
    public async Task<long> RunAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var request = new PruneRequest(AtOnce)
        {
            Jobs = now - keep.Jobs, Deliveries = now - keep.Deliveries, Keys = now - keep.Keys,
        };
        long deleted = 0;
        while (true)
        {
            var began = clock.GetTimestamp();
            var batch = await retention.PruneAsync(request, cancel);
            if (batch == 0) return deleted;
            deleted += batch;
            // Pause as long as the batch took, to keep the writer available.
            await Task.Delay(clock.GetElapsedTime(began), clock, cancel);
        }
    }
}
