using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Jobs;
using Rushes.Work;

namespace Rushes.Server;

/// <summary>The workers inside this process and the sweep, for as long as the host runs. Slots take turns over the engines.</summary>
internal sealed partial class Workforce(
    int count, string node, string scratch, IJobSource source, IReadOnlyList<IEngine> engines, ModelCatalog catalog, Capacity capacity, Sweeper sweeper,
    WorkOptions options, TimeProvider clock, ILogger<Worker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var tasks = new List<Task> { sweeper.RunAsync(stoppingToken) };
        for (var slot = 1; slot <= count; slot++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(scratch, slot.ToString())).FullName;
            tasks.Add(ServeAsync($"{node}/{slot}", engines[(slot - 1) % engines.Count], folder, stoppingToken));
        }
        await Task.WhenAll(tasks);
    }

    private async Task ServeAsync(string name, IEngine engine, string folder, CancellationToken stop)
    {
        try
        {
            // What an engine serves may only be known once it is there.
            await engine.ReadyAsync(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return;
        }
        var worker = new Worker(name, source, engine, catalog, folder, options, clock, log);
        if (worker.Offer.Models.Count == 0)
        {
            ServesNothing(name, engine.Name);
            return;
        }
        using var counted = capacity.Add(worker.Offer.Lanes);
        await worker.RunAsync(stop);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "WorkerServesNothing {Worker}: its engine {Engine} can make none of the catalog's models")]
    private partial void ServesNothing(string worker, string engine);
}
