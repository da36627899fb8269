using Rushes.Catalog;

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

    /// <summary>With what the catalog says in place of what the engine does.</summary>
    public RunLimits Under(RunTimeLimit limit) => new()
    {
        Start = limit.Start is { } start ? TimeSpan.FromSeconds(start) : Start,
        Idle = limit.Idle is { } idle ? TimeSpan.FromSeconds(idle) : Idle,
        Total = limit.Total is { } total ? TimeSpan.FromSeconds(total) : Total,
    };
}
