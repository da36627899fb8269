namespace Rushes.Engines;

/// <summary>
/// What one run at a time can use, such as a GPU, reserved for the next job of a slot, so that a job is not claimed while
/// something else runs there.
/// </summary>
/// <param name="held">What runs need, by part; null if they need nothing. A part without capacity is missing.</param>
public sealed class Reservation(IReadOnlyDictionary<EngineHealth, object?> held, Action<object> giveBack) : IDisposable
{
    private IReadOnlyDictionary<EngineHealth, object?> held = held;

    public bool Has(EngineHealth part) => held.ContainsKey(part);

    /// <summary>Releases what only other parts need.</summary>
    public void Keep(EngineHealth part)
    {
        var kept = held[part];
        GiveBack(held.Values.Where(thing => !Equals(thing, kept)));
        held = new Dictionary<EngineHealth, object?> { [part] = kept };
    }

    public void Dispose()
    {
        GiveBack(held.Values);
        held = new Dictionary<EngineHealth, object?>();
    }

    internal T? Of<T>(EngineHealth part) where T : class => held.GetValueOrDefault(part) as T;

    private void GiveBack(IEnumerable<object?> things)
    {
        foreach (var thing in things.OfType<object>().Distinct().ToList()) giveBack(thing);
    }
}
