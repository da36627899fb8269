namespace Rushes.Jobs;

/// <summary>How many worker slots serve each lane now.</summary>
/// <param name="clock">Null if it is unknown which models no worker can run.</param>
public sealed class Capacity(TimeProvider? clock = null)
{
    /// <summary>After a start, remote workers need a while to connect again.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly List<Slot> slots = [];
    private readonly long started = clock?.GetTimestamp() ?? 0;
    private volatile Dictionary<string, LaneCapacity> byLane = [];
    private volatile HashSet<string> models = [];

    /// <summary>Adds a slot until the returned value is disposed.</summary>
    /// <param name="made">Models that it can run now.</param>
    public IDisposable Add(IReadOnlyCollection<string> lanes, IReadOnlyCollection<string> made)
    {
        var slot = new Slot(this, lanes, made);
        Change(() => slots.Add(slot));
        return slot;
    }

    public LaneCapacity Serving(string lane) => byLane.TryGetValue(lane, out var found) ? found : new LaneCapacity(0, [lane]);

    /// <summary>Whether no worker can make this model now, as far as that is known.</summary>
    public bool Lacks(string model) => clock is not null && !models.Contains(model) && clock.GetElapsedTime(started) > Settling;

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            byLane = slots.SelectMany(slot => slot.Lanes).Distinct().ToDictionary(lane => lane, Count);
            models = [.. slots.SelectMany(slot => slot.Models)];
        }
    }

    private LaneCapacity Count(string lane)
    {
        var serving = slots.Where(slot => slot.Lanes.Contains(lane)).ToArray();
        return new LaneCapacity(serving.Length, [.. serving.SelectMany(slot => slot.Lanes).Distinct()]);
    }

    private sealed class Slot(Capacity owner, IReadOnlyCollection<string> lanes, IReadOnlyCollection<string> models) : IDisposable
    {
        public IReadOnlyCollection<string> Lanes => lanes;

        public IReadOnlyCollection<string> Models => models;

        public void Dispose() => owner.Change(() => owner.slots.Remove(this));
    }
}

/// <param name="Slots">The slots that serve the lane.</param>
/// <param name="Lanes">All lanes that those slots serve; jobs of these lanes can run before a job of this one.</param>
public sealed record LaneCapacity(int Slots, IReadOnlyList<string> Lanes);
