using Rushes.Retention;

namespace Rushes.Server;

/// <summary>Removes what is too old for as long as the host runs.</summary>
internal sealed class Housekeeping(Housekeeper housekeeper) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => housekeeper.RunAsync(stoppingToken);
}
