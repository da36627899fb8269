namespace Rushes.Jobs;

/// <summary>
/// How long runs really take on these machines, learned from completed ones: the median of a few like the one asked
/// about, else the catalog's figure corrected by how its lane has done, else that figure.
/// </summary>
public sealed class RunTimes
{
    /// <summary>Runs of one kind that count, and of one lane.</summary>
    private const int LikeRuns = 16;
    private const int LaneRuns = 64;

    /// <summary>Kinds that are remembered; picture sizes follow the clients' pictures, so there may be many.</summary>
    private const int MostKinds = 4096;

    private readonly Lock gate = new();
    private readonly Dictionary<Kind, Recent> kinds = [];
    private readonly Dictionary<string, Recent> lanes = new(StringComparer.Ordinal);

    /// <summary>Learns from a commit's changes: the runs that it completed.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
            if (changes[i] is { State: JobState.Completed, Render: { } render } run)
                Record(new FinishedRun(run.Model, run.Lane, render, run.Work, run.At - run.StartedAt));
    }

    /// <summary>Learns from a run that ended with a result; older ones first.</summary>
    public void Record(FinishedRun run)
    {
        // Clocks are set back at times.
        if (run.Took < TimeSpan.Zero) return;

        lock (gate)
        {
            var kind = new Kind(run.Model, run.Render);
            if (!kinds.TryGetValue(kind, out var like))
            {
                if (kinds.Count == MostKinds) kinds.Clear();
                kinds[kind] = like = new Recent(LikeRuns);
            }

            if (!lanes.TryGetValue(run.Lane, out var lane)) lanes[run.Lane] = lane = new Recent(LaneRuns);

            var took = (long)run.Took.TotalMilliseconds;
            like.Add(took, run.Work);
            if (run.Work > 0) lane.Add(took, run.Work);
        }
    }

    /// <summary>A whole run of this job, from claim to result.</summary>
    /// <param name="work">The catalog's figure in milliseconds.</param>
    public TimeSpan Estimate(string model, string lane, VideoFormat? render, int work)
    {
        lock (gate)
        {
            if (render is not null && kinds.TryGetValue(new Kind(model, render), out var like))
                return TimeSpan.FromMilliseconds(like.Median);
        }

        return TimeSpan.FromMilliseconds(work * Factor(lane));
    }

    public TimeSpan Estimate(LiveJob job) => Estimate(job.Model, job.Lane, job.Render, job.Work);

    /// <summary>
    /// Real milliseconds for one of the catalog's in this lane, to turn waiting work into time; 1 until runs were seen.
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

    /// <summary>The last few runs.</summary>
    private sealed class Recent(int most)
    {
        private readonly Queue<(long Took, long Work)> runs = new(most);

        // Both are asked for by every status, and change with a run's end only.

        /// <summary>One slow run, such as the first that loads the weights, does not move it.</summary>
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
