namespace Rushes.Jobs;

/// <summary>When the slots that share a queue will be free, to find out when work that waits would start.</summary>
public sealed class SlotTimes
{
    /// <summary>Sums of the first times until slots are free, in ascending order.</summary>
    private readonly double[] sums;

    /// <summary>The work that the slots before a slot can do until it is free.</summary>
    private readonly double[] capacity;

    /// <param name="slots">At least 1.</param>
    /// <param name="running">The remaining times of the running jobs; of more jobs than slots, the longest count.</param>
    public SlotTimes(int slots, IEnumerable<TimeSpan> running)
    {
        var times = new double[slots];
        var busy = 0;
        foreach (var time in running.OrderDescending().Take(slots)) times[busy++] = time.TotalMilliseconds;
        Array.Sort(times);

        sums = new double[slots];
        capacity = new double[slots];
        for (var i = 0; i < slots; i++)
        {
            sums[i] = (i > 0 ? sums[i - 1] : 0) + times[i];
            capacity[i] = times[i] * (i + 1) - sums[i];
        }
    }

    /// <summary>When a job would start after this work.</summary>
    /// <param name="work">In milliseconds.</param>
    public TimeSpan StartAfter(double work)
    {
        // The number of slots that are free before all of the work is done.
        var found = Array.BinarySearch(capacity, work);
        var used = found < 0 ? ~found : found + 1;
        return TimeSpan.FromMilliseconds((work + sums[used - 1]) / used);
    }
}
