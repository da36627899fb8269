using Rushes.Jobs;

namespace Rushes.Work;

/// <summary>
/// The end of what engines printed in the latest failed runs, for operators. It is kept in the memory of the gateway whose
/// worker ran the job, because it can contain paths and parts of requests.
/// </summary>
public sealed class RunOutputs
{
    private const int MaxJobs = 200, MaxLength = 8000;

    private readonly Lock gate = new();
    private readonly Dictionary<long, string> outputs = [];
    private readonly Queue<long> order = new();

    /// <summary>The end of an output, as long as it is kept; null if there is none.</summary>
    public static string? EndOf(string? output) =>
        string.IsNullOrWhiteSpace(output) ? null : BoundedText.Cut(Excerpt.End(output, MaxLength), MaxLength);

    public void Add(long job, string output)
    {
        lock (gate)
        {
            if (outputs.TryAdd(job, output)) order.Enqueue(job);
            else outputs[job] = output;
            if (order.Count > MaxJobs) outputs.Remove(order.Dequeue());
        }
    }

    /// <summary>Of the job's last failed run; null if it printed nothing or is no longer known.</summary>
    public string? Find(long job)
    {
        lock (gate) return outputs.GetValueOrDefault(job);
    }
}
