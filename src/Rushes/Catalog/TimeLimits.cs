namespace Rushes.Catalog;

/// <summary>How long runs may take, in seconds, as the catalog has it. Null: not said here.</summary>
public sealed record TimeLimits
{
    /// <summary>Until the engine's first sign of life.</summary>
    public double? Start { get; init; }

    /// <summary>Between two signs.</summary>
    public double? Idle { get; init; }

    /// <summary>In all, by height class.</summary>
    public IReadOnlyDictionary<int, double>? Total { get; init; }

    public TimeLimits Over(TimeLimits below) =>
        new() { Start = Start ?? below.Start, Idle = Idle ?? below.Idle, Total = Total ?? below.Total };

    public RunTimeLimit For(int lines) =>
        new(Start, Idle, Total is { Count: > 0 } total ? total[total.Keys.MinBy(height => Math.Abs(height - lines))] : null);
}

/// <summary>The same for one run. Seconds; null: what the engine says.</summary>
public sealed record RunTimeLimit(double? Start = null, double? Idle = null, double? Total = null);
