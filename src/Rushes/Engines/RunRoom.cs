namespace Rushes.Engines;

/// <summary>
/// What one run at a time can have, such as a GPU, reserved for the next job of a slot: a job is not claimed while something
/// else runs where it would.
/// </summary>
/// <param name="held">By part, what its runs need; null if they need nothing. A part without room is missing.</param>
public sealed class RunRoom(IReadOnlyDictionary<EngineHealth, object?> held, Action<object> giveBack) : IDisposable
{
    private IReadOnlyDictionary<EngineHealth, object?> held = held;

    public bool Has(EngineHealth part) => held.ContainsKey(part);

    /// <summary>Gives back what only other parts need.</summary>
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
