namespace Rushes.Work;

/// <summary>How workers hold their jobs.</summary>
public sealed record WorkOptions
{
    /// <summary>A lease runs out this long after its last heartbeat. Default 30 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Heartbeats come this often while progress is made, and at a third of the lease otherwise. Default 1 second.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A worker that is told to stop may finish its job for this long, then hands it back. Default 12 seconds.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(12);
}
