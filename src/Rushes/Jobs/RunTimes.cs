namespace Rushes.Jobs;

/// <summary>
/// Run times on these machines, learned from completed runs: the median of recent runs of the same kind, or else the
/// catalog's figure corrected by the recent runs of its lane, or else that figure.
/// </summary>
public sealed class RunTimes
{
    /// <summary>How many recent runs count, of one kind and of one lane.</summary>
    private const int LikeRuns = 16;
    private const int LaneRuns = 64;

    /// <summary>Kinds that are remembered. There can be many, because frame sizes depend on the clients' images.</summary>
    private const int MaxKinds = 4096;

    private readonly Lock gate = new();
    private readonly Dictionary<Kind, Recent> kinds = [];
    private readonly Dictionary<string, Recent> lanes = new(StringComparer.Ordinal);

    /// <summary>Learns from the completed runs of a commit.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
            if (changes[i] is { State: JobState.Completed, Render: { } render } run)
                Record(new FinishedRun(run.Model, run.Lane, render, run.Work, run.At - run.StartedAt));
    }

    /// <summary>Learns from a completed run; call it for older runs first.</summary>
    public void Record(FinishedRun run)
    {
        // The clock may have been set back.
        if (run.Took < TimeSpan.Zero) return;

        lock (gate)
        {
            var kind = new Kind(run.Model, run.Render);
            if (!kinds.TryGetValue(kind, out var like))
            {
                if (kinds.Count == MaxKinds) kinds.Clear();
                kinds[kind] = like = new Recent(LikeRuns);
            }

            if (!lanes.TryGetValue(run.Lane, out var lane)) lanes[run.Lane] = lane = new Recent(LaneRuns);

            var took = (long)run.Took.TotalMilliseconds;
            like.Add(took, run.Work);
            if (run.Work > 0) lane.Add(took, run.Work);
        }
    }

    /// <summary>The expected time from claim to result.</summary>
    /// <param name="work">The catalog's figure in milliseconds.</param>
    public ExpectedTime Estimate(string model, string lane, VideoFormat? render, int work)
    {
        lock (gate)
        {
            if (render is not null && kinds.TryGetValue(new Kind(model, render), out var like))
                return new ExpectedTime(TimeSpan.FromMilliseconds(like.Median), IsLearned: true);
        }

        return new ExpectedTime(TimeSpan.FromMilliseconds(work * Factor(lane)), IsLearned: false);
    }

    public ExpectedTime Estimate(LiveJob job) => Estimate(job.Model, job.Lane, job.Render, job.Work);

    /// <summary>
    /// Real milliseconds per millisecond of the catalog's figure in this lane; 1 until runs have completed.
    /// </summary>
    public double Factor(string lane)
    {
        lock (gate) return lanes.TryGetValue(lane, out var recent) ? recent.Ratio : 1;
    }

    private readonly record struct Kind(string Model, int Width, int Height, int Frames)
    {
        public Kind(string model, VideoFormat render)
            : this(model, render.Width, render.Height, render.Frames) { }
    }

    private sealed class Recent(int most)
    {
        private readonly Queue<(long Took, long Work)> runs = new(most);

        // Calculated here, because every status reads them and only the end of a run changes them.

        /// <summary>A median, so that one slow run, such as the first that loads the weights, has no effect.</summary>
        public double Median { get; private set; }

        public double Ratio { get; private set; } = 1;

        public void Add(long took, int work)
        {
            if (runs.Count == most) runs.Dequeue();
            runs.Enqueue((took, work));

            var sorted = runs.Select(run => run.Took).Order().ToArray();
            var middle = sorted.Length / 2;
            Median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2.0;

            var allWork = runs.Sum(run => run.Work);
            if (allWork > 0) Ratio = (double)runs.Sum(run => run.Took) / allWork;
        }
    }
}

/// <param name="IsLearned">From runs of the same kind.</param>
public readonly record struct ExpectedTime(TimeSpan Whole, bool IsLearned);

/// <summary>A completed run, from which run times are learned.</summary>
public sealed record FinishedRun(string Model, string Lane, VideoFormat Render, int Work, TimeSpan Took);
