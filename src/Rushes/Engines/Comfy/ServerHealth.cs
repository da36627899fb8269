namespace Rushes.Engines.Comfy;

/// <summary>What is known of one server, shared by all that runs on it.</summary>
internal sealed class ServerHealth(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> stuck = [];
    private long progressed = clock.GetTimestamp();

    /// <summary>Set when it was away or stuck; nothing is sent there until it was seen to work.</summary>
    public bool Sick { get; private set; }

    /// <summary>When any prompt on it last made progress: a prompt that waits behind another one waits rightly.</summary>
    public long Progressed => Interlocked.Read(ref progressed);

    /// <summary>Prompts that it could not be made to give up.</summary>
    public IReadOnlyList<string> Stuck
    {
        get
        {
            lock (gate) return [.. stuck];
        }
    }

    public void Progress() => Interlocked.Exchange(ref progressed, clock.GetTimestamp());

    public void Fail(string? prompt)
    {
        lock (gate)
        {
            if (prompt is not null) stuck.Add(prompt);
            Sick = true;
        }
    }

    public void Recover()
    {
        lock (gate)
        {
            stuck.Clear();
            Sick = false;
        }
        Progress();
    }
}
