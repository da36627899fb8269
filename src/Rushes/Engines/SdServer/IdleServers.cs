namespace Rushes.Engines.SdServer;

/// <summary>The servers that have no job. One that is ready is taken before one that still loads.</summary>
internal sealed class IdleServers(IEnumerable<SdServerChild> all)
{
    private readonly Lock gate = new();
    private readonly List<SdServerChild> idle = [.. all];
    private TaskCompletionSource returned = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<SdServerChild> TakeAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (gate)
            {
                if ((idle.Find(server => server.IsReady) ?? idle.FirstOrDefault()) is { } free)
                {
                    idle.Remove(free);
                    return free;
                }
                changed = returned.Task;
            }
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
