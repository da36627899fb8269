namespace Rushes.Jobs;

/// <summary>
/// The jobs that completed or failed in the last hour, on all gateways, for charts and checks. Kept in memory: it starts empty.
/// </summary>
public sealed class RecentEnds(TimeProvider clock)
{
    /// <summary>More are forgotten sooner than after an hour.</summary>
    private const int MaxEnds = 10_000;

    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private readonly Queue<End> ends = new();
    private readonly Dictionary<string, EndCounts> counts = new(StringComparer.Ordinal);

    public void Apply(IReadOnlyList<JobChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
            if (changes[i] is { State: JobState.Completed or JobState.Failed } end) Add(end);
    }

    /// <summary>The jobs of a lane that ended since the start of this gateway.</summary>
    public EndCounts Of(string lane)
    {
        lock (gate) return counts.GetValueOrDefault(lane);
    }

    /// <summary>The last hour by model; the model with the most jobs first.</summary>
    public IReadOnlyList<ModelEnds> ByModel()
    {
        End[] known;
        lock (gate)
        {
            Forget();
            known = [.. ends];
        }
        return [.. known.GroupBy(end => end.Model).Select(Summarize).OrderByDescending(model => model.Completed + model.Failed)
            .ThenBy(model => model.Model, StringComparer.Ordinal)];
    }

    private void Add(JobChange end)
    {
        var completed = end.State == JobState.Completed;
        lock (gate)
        {
            var before = counts.GetValueOrDefault(end.Lane);
            counts[end.Lane] = completed ? before with { Completed = before.Completed + 1 }
                : before with { Failed = before.Failed + 1 };
            if (ends.Count == MaxEnds) ends.Dequeue();
            ends.Enqueue(new End(clock.GetUtcNow(), end.Model, completed ? end.At - end.StartedAt : null));
            Forget();
        }
    }

    private void Forget()
    {
        var first = clock.GetUtcNow() - Window;
        while (ends.TryPeek(out var oldest) && oldest.At < first) ends.Dequeue();
    }

    private static ModelEnds Summarize(IGrouping<string, End> model)
    {
        var times = model.Where(end => end.Took >= TimeSpan.Zero).Select(end => end.Took!.Value.TotalSeconds).Order().ToArray();
        return new ModelEnds(
            model.Key, model.Count(end => end.Took is not null), model.Count(end => end.Took is null),
            Quantile(times, 0.5), Quantile(times, 0.9));
    }

    private static double? Quantile(double[] sorted, double share) =>
        sorted.Length == 0 ? null : Math.Round(sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)], 1);

    /// <param name="Took">Null: it failed.</param>
    private readonly record struct End(DateTimeOffset At, string Model, TimeSpan? Took);
}

public readonly record struct EndCounts(int Completed, int Failed);

/// <param name="Median">Seconds of a run.</param>
/// <param name="Slow">Seconds within which nine of ten runs end.</param>
public sealed record ModelEnds(string Model, int Completed, int Failed, double? Median, double? Slow);
