using Rushes.Webhooks;

namespace Rushes.Server;

/// <summary>Delivers callbacks for as long as the host runs.</summary>
internal sealed class Postman(Deliverer deliverer) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => deliverer.RunAsync(stoppingToken);
}
