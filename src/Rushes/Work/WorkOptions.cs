namespace Rushes.Work;

/// <summary>How workers hold their jobs.</summary>
public sealed record WorkOptions
{
    /// <summary>A lease runs out this long after its last heartbeat. Default 30 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Heartbeats come this often while progress is made, and at a third of the lease otherwise. Default 1 second.
    /// </summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A worker that is told to stop may finish its job for this long, then hands it back. Default 12 seconds.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>Bytes that must be free on the disk of a worker's files before it takes a job. Default 256 MB.</summary>
    public long LeastRoom { get; init; } = 256L << 20;

    /// <summary>How often a disk without that much room is looked at again. Default 10 seconds.</summary>
    public TimeSpan RoomLook { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a worker takes no job after one has filled its disk. Default 1 minute.</summary>
    public TimeSpan RoomPause { get; init; } = TimeSpan.FromMinutes(1);
}
