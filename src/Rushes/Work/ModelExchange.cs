using Microsoft.Extensions.Logging;
using Rushes.Database;
using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>Keeps each of several gateways informed of the models that the others' workers can run.</summary>
public sealed class ModelExchange(
    IModelOffers offers, Capacity capacity, TimeProvider clock, ILogger<ModelExchange> log)
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
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // The database logs its own unavailability.
                if (error is not DatabaseAwayException) log.ModelExchangeFailed(error);
                capacity.SetElsewhere(null);
            }
            await Task.Delay(Interval, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
