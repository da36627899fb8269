namespace Rushes.Work;

/// <summary>Options of workers.</summary>
public sealed record WorkOptions
{
    /// <summary>A lease runs out this long after its last heartbeat. Default 30 seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The heartbeat interval while there is progress; otherwise a third of the lease. Default 1 second.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a worker that is stopped may finish its job before it returns it to the queue. Default 12 seconds.
    /// </summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>
    /// How long a worker that is stopped tries to return its job to a gateway or database that does not respond, after
    /// <see cref="Drain"/>. Default 5 seconds.
    /// </summary>
    public TimeSpan Return { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Minimum free bytes on the disk of a worker's files for claiming a job. Default 256 MB.</summary>
    public long MinFreeBytes { get; init; } = 256L << 20;

    /// <summary>How often the free space is checked while it is too small. Default 10 seconds.</summary>
    public TimeSpan FreeSpaceInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a worker claims no job after one has filled its disk. Default 1 minute.</summary>
    public TimeSpan FullDiskPause { get; init; } = TimeSpan.FromMinutes(1);
}
