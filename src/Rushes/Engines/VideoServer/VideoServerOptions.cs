namespace Rushes.Engines.VideoServer;

/// <summary>The times of a video server's engine.</summary>
internal sealed record VideoServerOptions
{
    /// <summary>How often a job is polled.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time limit of a call, and of each piece of a file.</summary>
    public TimeSpan Call { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a server may take to stop a job.</summary>
    public TimeSpan Stop { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a server may be silent during a job.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(2);
}
