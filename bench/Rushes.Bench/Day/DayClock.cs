namespace Rushes.Bench.Day;

/// <summary>A clock that moves when the simulation moves it.</summary>
internal sealed class DayClock : TimeProvider
{
    public static readonly DateTimeOffset Midnight = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Seconds since midnight.</summary>
    public int Second { get; set; }

    public double Hour => Second / 3600.0;

    public override DateTimeOffset GetUtcNow() => Midnight.AddSeconds(Second);
}
