namespace Rushes.Engines;

/// <summary>Things that one run at a time can use, such as servers.</summary>
/// <param name="prefers">Which of the free ones is taken first; null for any.</param>
internal sealed class IdlePool<T>(IEnumerable<T> all, Predicate<T>? prefers = null) where T : class
{
    private readonly Lock gate = new();
    private readonly List<T> idle = [.. all];
    private TaskCompletionSource returned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when one is returned.</summary>
    public Task Returned
    {
        get
        {
            lock (gate) return returned.Task;
        }
    }

    /// <summary>Returns null if all are in use.</summary>
    public T? TryTake()
    {
        lock (gate)
        {
            if (idle.Count == 0) return null;
            var free = (prefers is null ? null : idle.Find(prefers)) ?? idle[0];
            idle.Remove(free);
            return free;
        }
    }

    public async Task<T> TakeAsync(CancellationToken cancel)
    {
        while (true)
        {
            var changed = Returned;
            if (TryTake() is { } free) return free;
            await changed.WaitAsync(cancel);
        }
    }

    public void Return(T used)
    {
        lock (gate)
        {
            idle.Add(used);
            returned.TrySetResult();
            returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
