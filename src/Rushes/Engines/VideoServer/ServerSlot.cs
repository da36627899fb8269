namespace Rushes.Engines.VideoServer;

/// <summary>Room for one job on a server.</summary>
internal sealed class ServerSlot
{
    /// <summary>Completes when the server no longer works on a job that was cancelled.</summary>
    public Task Ending { get; set; } = Task.CompletedTask;
}
