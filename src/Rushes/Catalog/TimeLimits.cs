namespace Rushes.Catalog;

/// <summary>Time limits of runs in seconds, from the catalog. Null: not specified.</summary>
public sealed record TimeLimits
{
    /// <summary>Until the engine's first event.</summary>
    public double? Start { get; init; }

    /// <summary>Between two events.</summary>
    public double? Idle { get; init; }

    /// <summary>In total, by resolution.</summary>
    public IReadOnlyDictionary<int, double>? Total { get; init; }

    public TimeLimits Over(TimeLimits below) =>
        new() { Start = Start ?? below.Start, Idle = Idle ?? below.Idle, Total = Total ?? below.Total };

    public RunTimeLimit For(int resolution) =>
        new(Start, Idle, Total is { Count: > 0 } total ? total[total.Keys.MinBy(height => Math.Abs(height - resolution))] : null);
}

/// <summary>The time limits of one run in seconds. Null: use the engine's.</summary>
public sealed record RunTimeLimit(double? Start = null, double? Idle = null, double? Total = null);
