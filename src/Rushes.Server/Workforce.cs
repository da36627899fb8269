using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Jobs;
using Rushes.Work;

namespace Rushes.Server;

/// <summary>The workers inside this process and the sweep, for as long as the host runs.</summary>
internal sealed class Workforce(
    int count, string node, string scratch, IJobSource source, IEngine engine, ModelCatalog catalog, Capacity capacity, Sweeper sweeper,
    WorkOptions options, TimeProvider clock, ILogger<Worker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var tasks = new List<Task> { sweeper.RunAsync(stoppingToken) };
        for (var slot = 1; slot <= count; slot++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(scratch, slot.ToString())).FullName;
            var worker = new Worker($"{node}/{slot}", source, engine, catalog, folder, options, clock, log);
            tasks.Add(ServeAsync(worker, stoppingToken));
        }
        await Task.WhenAll(tasks);
    }

    private async Task ServeAsync(Worker worker, CancellationToken stop)
    {
        using var counted = capacity.Add(worker.Offer.Lanes);
        await worker.RunAsync(stop);
    }
}
