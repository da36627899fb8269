namespace Rushes.Engines.Process;

/// <summary>One program at a time on each GPU, whichever engine file it comes from.</summary>
internal sealed class GpuPool
{
    private readonly Lock gate = new();
    private readonly HashSet<string> taken = [];
    private TaskCompletionSource freed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for one of these.</summary>
    public async Task<string> TakeAsync(IReadOnlyList<string> any, CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (gate)
            {
                if (any.FirstOrDefault(taken.Add) is { } free) return free;
                changed = freed.Task;
            }
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
