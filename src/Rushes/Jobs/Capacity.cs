namespace Rushes.Jobs;

/// <summary>How many slots of workers serve each lane just now: what a wait is divided by.</summary>
/// <param name="clock">Null if it is never known which models no worker can make.</param>
public sealed class Capacity(TimeProvider? clock = null)
{
    /// <summary>After a start, remote workers need a while to connect again.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly List<Slot> slots = [];
    private readonly long started = clock?.GetTimestamp() ?? 0;
    private volatile Dictionary<string, LaneCapacity> byLane = [];
    private volatile HashSet<string> models = [];

    /// <summary>Counts a slot in until the answer is disposed.</summary>
    /// <param name="made">Models that it can make now.</param>
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

/// <param name="Slots">Slots that serve the lane.</param>
/// <param name="Lanes">Every lane that those slots serve: their jobs go before yours too when they are ahead.</param>
public sealed record LaneCapacity(int Slots, IReadOnlyList<string> Lanes);
