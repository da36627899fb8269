namespace Rushes.Engines.SdServer;

/// <summary>The servers without a job. A ready server is taken before one that is loading.</summary>
internal sealed class IdleServers(IEnumerable<SdServerChild> all)
{
    private readonly Lock gate = new();
    private readonly List<SdServerChild> idle = [.. all];
    private TaskCompletionSource returned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a server is returned.</summary>
    public Task Returned
    {
        get
        {
            lock (gate) return returned.Task;
        }
    }

    /// <summary>Returns null if every server has a job.</summary>
    public SdServerChild? TryTake()
    {
        lock (gate)
        {
            var free = idle.Find(server => server.IsReady) ?? idle.FirstOrDefault();
            if (free is not null) idle.Remove(free);
            return free;
        }
    }

    public async Task<SdServerChild> TakeAsync(CancellationToken cancel)
    {
        while (true)
        {
            var changed = Returned;
            if (TryTake() is { } free) return free;
            await changed.WaitAsync(cancel);
        }
    }

    public void Return(SdServerChild server)
    {
        lock (gate)
        {
            idle.Add(server);
            returned.TrySetResult();
            returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
