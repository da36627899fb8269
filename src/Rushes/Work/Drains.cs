using System.Collections.Concurrent;

namespace Rushes.Work;

/// <summary>
/// The names of slots that do not take jobs until they are resumed or the gateway restarts. Running jobs finish.
/// </summary>
public sealed class Drains
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> drained = new(StringComparer.Ordinal);

    /// <summary>Raised with the slot after it was drained or resumed. Handlers must be fast.</summary>
    public event Action<string>? Changed;

    /// <summary>Returns false if it was drained already.</summary>
    public bool Drain(string worker)
    {
        if (!drained.TryAdd(worker, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))) return false;
        Changed?.Invoke(worker);
        return true;
    }

    /// <summary>Returns false if it was not drained.</summary>
    public bool Resume(string worker)
    {
        if (!drained.TryRemove(worker, out var resumed)) return false;
        Changed?.Invoke(worker);
        resumed.SetResult();
        return true;
    }

    public bool IsDrained(string worker) => drained.ContainsKey(worker);

    /// <summary>Completes when the slot may take jobs again; null: it may now.</summary>
    internal Task? Resumed(string worker) => drained.TryGetValue(worker, out var resumed) ? resumed.Task : null;
}
