namespace Rushes.Jobs;

/// <summary>How many slots of workers serve each lane just now: what a wait is divided by.</summary>
public sealed class Capacity
{
    private readonly Lock gate = new();
    private readonly List<IReadOnlyCollection<string>> slots = [];
    private volatile Dictionary<string, LaneCapacity> byLane = [];

    /// <summary>Counts a slot in until the answer is disposed.</summary>
    public IDisposable Add(IReadOnlyCollection<string> lanes)
    {
        Change(() => slots.Add(lanes));
        return new Slot(this, lanes);
    }

    public LaneCapacity Serving(string lane) => byLane.TryGetValue(lane, out var found) ? found : new LaneCapacity(0, [lane]);

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            byLane = slots.SelectMany(served => served).Distinct().ToDictionary(lane => lane, Count);
        }
    }

    private LaneCapacity Count(string lane)
    {
        var serving = slots.Where(served => served.Contains(lane)).ToArray();
        return new LaneCapacity(serving.Length, [.. serving.SelectMany(served => served).Distinct()]);
    }

    private sealed class Slot(Capacity owner, IReadOnlyCollection<string> lanes) : IDisposable
    {
        public void Dispose() => owner.Change(() => owner.slots.Remove(lanes));
    }
}

/// <param name="Slots">Slots that serve the lane.</param>
/// <param name="Lanes">Every lane that those slots serve: their jobs go before yours too when they are ahead.</param>
public sealed record LaneCapacity(int Slots, IReadOnlyList<string> Lanes);
