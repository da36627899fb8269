using Rushes.Catalog;

namespace Rushes.Engines;

/// <summary>Time limits of a run. Every event of an engine counts as a sign that it works.</summary>
public sealed record RunLimits
{
    /// <summary>Until the first event, which includes loading weights. Default 15 minutes.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Between two events. Default 15 minutes.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>In total. Default 2 hours.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The limits of the catalog take precedence over the engine's.</summary>
    public RunLimits Under(RunTimeLimit limit) => new()
    {
        Start = limit.Start is { } start ? TimeSpan.FromSeconds(start) : Start,
        Idle = limit.Idle is { } idle ? TimeSpan.FromSeconds(idle) : Idle,
        Total = limit.Total is { } total ? TimeSpan.FromSeconds(total) : Total,
    };
}
