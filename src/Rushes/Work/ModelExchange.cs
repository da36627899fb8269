using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Keeps each of several gateways informed of the models that the others' workers can run.</summary>
public sealed class ModelExchange(IModelOffers offers, Capacity capacity, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Guid gateway = Guid.NewGuid();

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                capacity.SetElsewhere(await offers.ExchangeAsync(gateway, capacity.Models, stop));
            }
            catch (DatabaseAwayException)
            {
                // The database logs its own unavailability.
                capacity.SetElsewhere(null);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            await Task.Delay(Interval, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
