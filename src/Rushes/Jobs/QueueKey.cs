namespace Rushes.Jobs;

/// <summary>
/// A job's place in its lane: bigger tier first, then bigger priority, then the smaller turn, then the older job.
/// </summary>
public readonly record struct QueueKey(int Tier, int Priority, long Turn, long Id) : IComparable<QueueKey>
{
    public int CompareTo(QueueKey other)
    {
        if (Tier != other.Tier) return Tier > other.Tier ? -1 : 1;
        if (Priority != other.Priority) return Priority > other.Priority ? -1 : 1;
        return Turn != other.Turn ? Turn.CompareTo(other.Turn) : Id.CompareTo(other.Id);
    }

    public static bool operator <(QueueKey left, QueueKey right) => left.CompareTo(right) < 0;

    public static bool operator >(QueueKey left, QueueKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(QueueKey left, QueueKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(QueueKey left, QueueKey right) => left.CompareTo(right) >= 0;
}
