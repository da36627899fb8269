using System.Text.Json.Nodes;

namespace Rushes.Tests.Engines.Comfy;

/// <param name="Excerpt">What is told about it in place of what its graph says.</param>
internal sealed record StubPrompt(string Id, string ClientId, JsonObject Graph, Fate Fate, JsonNode? Excerpt = null)
{
    public CancellationTokenSource Interrupt { get; } = new();

    public bool IsProbe => Graph.Any(node => (string?)node.Value!["class_type"] == "EmptyImage");

    public JsonNode Number { get; init; } = 1;

    public JsonArray Item =>
        [Number.DeepClone(), Id, Graph.DeepClone(), new JsonObject { ["client_id"] = ClientId }, new JsonArray()];
}

/// <summary>A server's memory: what waits, what runs, what was. Lost with <see cref="Restart"/>.</summary>
internal sealed class StubQueue
{
    private readonly Lock gate = new();
    private readonly List<StubPrompt> pending = [];
    private readonly Dictionary<string, JsonObject> history = [];
    private StubPrompt? running;
    private TaskCompletionSource look = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource miss = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when someone next asks for the queue.</summary>
    public Task NextLook()
    {
        lock (gate) return (look = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Ends when someone next asks history for what it does not have.</summary>
    public Task NextMiss()
    {
        lock (gate) return (miss = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    public void Add(StubPrompt prompt)
    {
        lock (gate) pending.Add(prompt);
    }

    public StubPrompt? Take()
    {
        lock (gate)
        {
            if (running is not null || pending.Count == 0) return null;
            running = pending[0];
            pending.RemoveAt(0);
            return running;
        }
    }

    public void End(StubPrompt prompt, JsonObject entry)
    {
        lock (gate)
        {
            if (running != prompt) return;
            history[prompt.Id] = entry;
            running = null;
        }
    }

    public bool Delete(string id)
    {
        lock (gate) return pending.RemoveAll(prompt => prompt.Id == id) > 0;
    }

    public bool Interrupt(string? id)
    {
        StubPrompt? hit;
        lock (gate) hit = id is null || running?.Id == id ? running : null;
        if (hit is null || hit.Fate == Fate.Hang) return false;
        hit.Interrupt.Cancel();
        return true;
    }

    public void Forget(string id)
    {
        lock (gate) history.Remove(id);
    }

    public void Restart()
    {
        StubPrompt? cut;
        lock (gate)
        {
            pending.Clear();
            history.Clear();
            (cut, running) = (running, null);
        }
        cut?.Interrupt.Cancel();
    }

    public JsonObject Queue()
    {
        lock (gate)
        {
            look.TrySetResult();
            return new JsonObject
            {
                ["queue_running"] = new JsonArray([.. running is null ? Array.Empty<JsonNode>() : [running.Item]]),
                ["queue_pending"] = new JsonArray([.. pending.Select(prompt => (JsonNode)prompt.Item)]),
            };
        }
    }

    public JsonObject History(string id)
    {
        lock (gate)
        {
            if (history.TryGetValue(id, out var entry)) return new JsonObject { [id] = entry.DeepClone() };
            miss.TrySetResult();
            return [];
        }
    }

    public int Remembered
    {
        get
        {
            lock (gate) return history.Count;
        }
    }
}
