namespace Rushes.Jobs;

/// <summary>How many worker slots of this gateway serve each lane now, and which models no worker can run.</summary>
/// <param name="clock">Null if it does not matter which models no worker can run.</param>
/// <param name="knowsAll">There are no other gateways; otherwise <see cref="SetElsewhere"/> reports their models.</param>
public sealed class Capacity(TimeProvider? clock = null, bool knowsAll = true)
{
    /// <summary>After a start, remote workers need a while to connect again.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly List<Slot> slots = [];
    private readonly long started = clock?.GetTimestamp() ?? 0;
    private volatile Dictionary<string, LaneCapacity> byLane = [];
    private volatile HashSet<string> models = [];
    private volatile HashSet<string> enlarged = [];
    private volatile HashSet<string>? elsewhere = knowsAll ? [] : null;

    /// <summary>Adds a slot until the returned value is disposed.</summary>
    /// <param name="made">Models that it can run now.</param>
    /// <param name="enlarged">Those of them whose results it can make larger with their upscaler.</param>
    public IDisposable Add(
        IReadOnlyCollection<string> lanes, IReadOnlyCollection<string> made, IReadOnlyCollection<string>? enlarged = null)
    {
        var slot = new Slot(this, lanes, made, enlarged ?? []);
        Change(() => slots.Add(slot));
        return slot;
    }

    public LaneCapacity Serving(string lane) => byLane.TryGetValue(lane, out var found) ? found : new LaneCapacity(0, [lane]);

    /// <summary>The models that workers of this gateway can run now.</summary>
    public IReadOnlyCollection<string> Models => models;

    /// <summary>Whether a worker of this gateway can make results of this model larger with its upscaler now.</summary>
    public bool Enlarges(string model) => enlarged.Contains(model);

    /// <summary>Sets the models that workers of other gateways can run; null: it is not known.</summary>
    public void SetElsewhere(IEnumerable<string>? known) => elsewhere = known?.ToHashSet();

    /// <summary>Whether no worker of any gateway can run this model now, as far as that is known.</summary>
    public bool Lacks(string model) => clock is not null && !models.Contains(model)
        && elsewhere is { } others && !others.Contains(model) && clock.GetElapsedTime(started) > Settling;

    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            byLane = slots.SelectMany(slot => slot.Lanes).Distinct().ToDictionary(lane => lane, Count);
            models = [.. slots.SelectMany(slot => slot.Models)];
            enlarged = [.. slots.SelectMany(slot => slot.Enlarged)];
        }
    }

    private LaneCapacity Count(string lane)
    {
        var serving = slots.Where(slot => slot.Lanes.Contains(lane)).ToArray();
        return new LaneCapacity(serving.Length, [.. serving.SelectMany(slot => slot.Lanes).Distinct()]);
    }

    private sealed class Slot(
        Capacity owner, IReadOnlyCollection<string> lanes, IReadOnlyCollection<string> models,
        IReadOnlyCollection<string> enlarged) : IDisposable
    {
        public IReadOnlyCollection<string> Enlarged => enlarged;

        public IReadOnlyCollection<string> Lanes => lanes;

        public IReadOnlyCollection<string> Models => models;

        public void Dispose() => owner.Change(() => owner.slots.Remove(this));
    }
}

/// <param name="Slots">The slots that serve the lane.</param>
/// <param name="Lanes">All lanes that those slots serve; jobs of these lanes can run before a job of this one.</param>
public sealed record LaneCapacity(int Slots, IReadOnlyList<string> Lanes);
