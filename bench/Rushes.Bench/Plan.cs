namespace Rushes.Bench;

/// <summary>How much is measured.</summary>
internal sealed record Plan
{
    public int Rounds { get; init; } = 5;

    /// <summary>Of load in each round, for each side.</summary>
    public int Seconds { get; init; } = 5;

    /// <summary>Seconds of load that each server gets before the first round: until its code is compiled for good.</summary>
    public int WarmUp { get; init; } = 10;

    public IReadOnlyList<int> Backlogs { get; init; } = [1_000, 100_000, 1_000_000];
}
