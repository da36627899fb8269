using Rushes.Work;

namespace Rushes.Server;

/// <summary>Makes drafts for as long as the host runs.</summary>
internal sealed class Drafting(DraftRunner runner, int atOnce) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => runner.RunAsync(atOnce, stoppingToken);
}
