namespace Rushes.Engines.Comfy;

/// <summary>Why to look after a prompt now: it is time, or its socket told that it ended.</summary>
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

    /// <summary>Whether the end was told since the last time.</summary>
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
            // The timer fired, or the socket told, while the prompt ended.
        }
    }
}
