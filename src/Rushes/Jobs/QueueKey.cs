namespace Rushes.Jobs;

/// <summary>A job's position in its lane: higher tier first, then higher priority, then lower turn, then lower id.</summary>
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
