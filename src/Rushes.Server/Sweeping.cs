using Rushes.Work;

namespace Rushes.Server;

/// <summary>Takes jobs back from silent workers for as long as the host runs.</summary>
internal sealed class Sweeping(Sweeper sweeper) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => sweeper.RunAsync(stoppingToken);
}
