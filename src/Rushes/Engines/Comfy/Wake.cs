namespace Rushes.Engines.Comfy;

/// <summary>Wakes the loop that checks a prompt: the time has come, or the socket reported its end.</summary>
internal sealed class Wake : IDisposable
{
    private readonly SemaphoreSlim due = new(0);
    private int ended;

    public void Look() => Release();

    public void End()
    {
        Interlocked.Exchange(ref ended, 1);
        Release();
    }

    public Task WaitAsync(CancellationToken cancel) => due.WaitAsync(cancel);

    /// <summary>Whether the end was reported since the last call.</summary>
    public bool TakeEnd() => Interlocked.Exchange(ref ended, 0) == 1;

    public void Dispose() => due.Dispose();

    private void Release()
    {
        try
        {
            due.Release();
        }
        catch (ObjectDisposedException)
        {
            // The timer fired, or the socket reported, while the prompt ended.
        }
    }
}
