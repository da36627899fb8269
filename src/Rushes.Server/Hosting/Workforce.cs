using Rushes.Catalog;
using Rushes.Engines;
using Rushes.Server.Settings;
using Rushes.Work;

namespace Rushes.Server.Hosting;

/// <summary>Runs the built-in workers as long as the host. Slots are assigned to the engines in turn.</summary>
internal sealed class Workforce(
    GatewayOptions settings, DataFolder data, LocalJobSource source, EngineSet engines, ModelCatalog catalog,
    WorkOptions options, TimeProvider clock, ILogger<Worker> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var count = settings.Workers;
        var gpu = count > 0 ? await Gpu.FindAsync(null, stoppingToken) : null;
        var tasks = new List<Task>();
        for (var slot = 1; slot <= count; slot++)
        {
            var folder = new Folder(data.Scratch).Sub($"{slot}").Create().FullPath;
            tasks.Add(
                new Worker($"{data.Node}/{slot}", source, engines[(slot - 1) % engines.Count], catalog, folder, options, clock,
                    log, gpu).RunAsync(stoppingToken));
        }
        await Task.WhenAll(tasks);
    }
}
