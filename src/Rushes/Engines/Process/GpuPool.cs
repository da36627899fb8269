namespace Rushes.Engines.Process;

/// <summary>Allows one program at a time on each GPU, regardless of its engine file.</summary>
internal sealed class GpuPool
{
    private readonly Lock gate = new();
    private readonly HashSet<string> taken = [];
    private TaskCompletionSource freed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a GPU is returned.</summary>
    public Task Freed
    {
        get
        {
            lock (gate) return freed.Task;
        }
    }

    /// <summary>Returns null if none of these is free.</summary>
    public string? TryTake(IReadOnlyList<string> any)
    {
        lock (gate) return any.FirstOrDefault(taken.Add);
    }

    /// <summary>Waits for one of these.</summary>
    public async Task<string> TakeAsync(IReadOnlyList<string> any, CancellationToken cancel)
    {
        while (true)
        {
            var changed = Freed;
            if (TryTake(any) is { } free) return free;
            await changed.WaitAsync(cancel);
        }
    }

    public void Return(string gpu)
    {
        lock (gate)
        {
            taken.Remove(gpu);
            freed.TrySetResult();
            freed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
