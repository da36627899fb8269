using System.Collections.Concurrent;

namespace Rushes.Work;

/// <summary>
/// Slots that are to take no more jobs, by name, until they are resumed or the gateway starts anew. What they run they
/// finish.
/// </summary>
public sealed class Drains
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> drained = new(StringComparer.Ordinal);

    /// <summary>Told the slot after it was drained or resumed. The receiver must be quick.</summary>
    public event Action<string>? Changed;

    /// <summary>False: it was so already.</summary>
    public bool Drain(string worker)
    {
        if (!drained.TryAdd(worker, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))) return false;
        Changed?.Invoke(worker);
        return true;
    }

    /// <summary>False: it was not drained.</summary>
    public bool Resume(string worker)
    {
        if (!drained.TryRemove(worker, out var resumed)) return false;
        Changed?.Invoke(worker);
        resumed.SetResult();
        return true;
    }

    public bool IsDrained(string worker) => drained.ContainsKey(worker);

    /// <summary>Ends when the slot may take jobs again; null: it may.</summary>
    internal Task? Resumed(string worker) => drained.TryGetValue(worker, out var resumed) ? resumed.Task : null;
}
