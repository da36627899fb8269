namespace Rushes.Engines.Comfy;

/// <summary>
/// When the prompts of a server made progress, and which of them cannot be cancelled. Shared by all runs on the server.
/// </summary>
internal sealed class ServerProgress(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> stuck = [];
    private readonly HashSet<string> own = [];
    private long last = clock.GetTimestamp();

    /// <summary>When any prompt last made progress; waiting behind another prompt is not the server's fault.</summary>
    public long Last => Interlocked.Read(ref last);

    /// <summary>Prompts that could not be cancelled.</summary>
    public IReadOnlyList<string> Stuck
    {
        get
        {
            lock (gate) return [.. stuck];
        }
    }

    /// <summary>Counts a prompt as this program's until the returned value is disposed.</summary>
    public IDisposable Own(string prompt)
    {
        lock (gate) own.Add(prompt);
        return new Owned(this, prompt);
    }

    /// <summary>Whether the server works on a prompt that this program did not send.</summary>
    public bool IsBusyWithOthers(QueueState queue)
    {
        lock (gate) return queue.Running.Any(prompt => !own.Contains(prompt) && !stuck.Contains(prompt));
    }

    public void Report() => Interlocked.Exchange(ref last, clock.GetTimestamp());

    public void Stick(string prompt)
    {
        lock (gate) stuck.Add(prompt);
    }

    public void Restart()
    {
        lock (gate) stuck.Clear();
        Report();
    }

    private sealed class Owned(ServerProgress progress, string prompt) : IDisposable
    {
        public void Dispose()
        {
            lock (progress.gate) progress.own.Remove(prompt);
        }
    }
}
