using System.Text.Json;

namespace Rushes.Engines.Comfy;

/// <summary>The prompts by id.</summary>
internal sealed record QueueState(IReadOnlyList<string> Running, IReadOnlyList<string> Pending)
{
    public bool Holds(string id) => Running.Contains(id) || Pending.Contains(id);

    /// <summary>Whether it waits while another prompt runs.</summary>
    public bool IsBehind(string id) => Pending.Contains(id) && Running.Count > 0;

    public static QueueState Of(JsonElement reply) =>
        Reply.Read(() => new QueueState(Ids(reply, "queue_running"), Ids(reply, "queue_pending")));

    public bool SameAs(QueueState? other) =>
        other is not null && Running.SequenceEqual(other.Running) && Pending.Count == other.Pending.Count;

    private static string[] Ids(JsonElement queue, string part) =>
        queue.TryGetProperty(part, out var items) ? [.. items.EnumerateArray().Select(item => item[1].GetString()!)] : [];
}
