using Rushes.Database;

namespace Rushes.Retention;

/// <summary>Removes rows that are too old. It does not know files: those of a job that is gone are strays.</summary>
public sealed class Pruner(IRetentionStore retention, KeepRules keep, TimeProvider clock)
{
    /// <summary>A few milliseconds of the writer's time.</summary>
    private const int AtOnce = 200;

    /// <summary>Removes all there is to remove. Returns how many rows.</summary>
    public async Task<long> RunAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var request = new PruneRequest(AtOnce)
        {
            Jobs = now - keep.Jobs, Deliveries = now - keep.Deliveries, Keys = now - keep.Keys,
        };
        long gone = 0;
        while (true)
        {
            var began = clock.GetTimestamp();
            var batch = await retention.PruneAsync(request, cancel);
            if (batch == 0) return gone;
            gone += batch;
            // The writer is everyone's: it gets as long a rest as the batch took.
            await Task.Delay(clock.GetElapsedTime(began), clock, cancel);
        }
    }
}
