namespace Rushes.Bench;

/// <summary>How much is measured.</summary>
internal sealed record Plan
{
    /// <summary>To see that everything runs: the figures are rough.</summary>
    public static Plan Short { get; } = new()
    {
        Rounds = 2, ScaleRounds = 1, Seconds = 2, WarmUp = 3, Noops = 5_000, Streams = 1_000, RemoteWorkers = 500,
        FixedRate = 2_000, Backlogs = [1_000, 100_000], Steps = [1_000, 10_000, 100_000],
    };

    public int Rounds { get; init; } = 5;

    /// <summary>Of growth, whose steps take long and differ by more than one round does.</summary>
    public int ScaleRounds { get; init; } = 3;

    /// <summary>Of load in each round, for each side.</summary>
    public int Seconds { get; init; } = 4;

    /// <summary>Seconds of load that each server gets before the first round: until its code is compiled for good.</summary>
    public int WarmUp { get; init; } = 8;

    /// <summary>Creates a second of the open loop.</summary>
    public int FixedRate { get; init; } = 8_000;

    /// <summary>No-op jobs in each round.</summary>
    public int Noops { get; init; } = 20_000;

    public int Streams { get; init; } = 5_000;

    public int RemoteWorkers { get; init; } = 2_000;

    /// <summary>Queued jobs.</summary>
    public IReadOnlyList<int> Backlogs { get; init; } = [1_000, 100_000, 1_000_000];

    /// <summary>Queued jobs, where growth is drawn.</summary>
    public IReadOnlyList<int> Steps { get; init; } = [1_000, 10_000, 100_000, 1_000_000];
}
