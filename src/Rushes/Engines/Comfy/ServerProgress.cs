namespace Rushes.Engines.Comfy;

/// <summary>
/// When the prompts of one server made progress, and which of them it does not give up. Shared by all that runs on it.
/// </summary>
internal sealed class ServerProgress(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> stuck = [];
    private long last = clock.GetTimestamp();

    /// <summary>When any prompt last made progress: one that waits behind another is no fault of the server's.</summary>
    public long Last => Interlocked.Read(ref last);

    /// <summary>Prompts that it could not be made to give up.</summary>
    public IReadOnlyList<string> Stuck
    {
        get
        {
            lock (gate) return [.. stuck];
        }
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
}
