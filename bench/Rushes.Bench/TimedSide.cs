using Rushes.Bench.Load;

namespace Rushes.Bench;

/// <summary>A server under load: its rate, and the times of the same answers.</summary>
internal sealed class TimedSide(string name, Func<int, Task<Answered>> measure)
{
    private Side? rate;
    private Answered? last;

    /// <summary>The median time of an answer in each round.</summary>
    public Side Half { get; private set; } = null!;

    /// <summary>The 99th percentile in each round.</summary>
    public Side Tail { get; private set; } = null!;

    public Task WarmAsync(Plan plan) => measure(plan.WarmUp);

    /// <summary>Measuring it also measures <see cref="Half"/> and <see cref="Tail"/>.</summary>
    public Side Rate(Plan plan)
    {
        if (rate is not null) return rate;
        Half = new Side(name, Rounds.Milliseconds, () => Task.FromResult(last!.Half));
        Tail = new Side(name, Rounds.Milliseconds, () => Task.FromResult(last!.Tail));
        return rate = new Side(name, Rounds.PerSecond, async () =>
        {
            last = await measure(plan.Seconds);
            await Half.MeasureAsync();
            await Tail.MeasureAsync();
            return last.Rate;
        });
    }
}
