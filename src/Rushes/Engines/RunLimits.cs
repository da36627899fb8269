namespace Rushes.Engines;

/// <summary>How long a run may take. Every event of an engine counts as a sign that it lives.</summary>
public sealed record RunLimits
{
    /// <summary>Until the first sign: weights are loaded in this time. Default 15 minutes.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Between two signs. Default 15 minutes.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>In all. Default 2 hours.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromHours(2);
}
