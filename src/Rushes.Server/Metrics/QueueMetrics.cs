using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Server.Console;

namespace Rushes.Server.Metrics;

/// <summary>
/// Follows the commits of all gateways for the queue's metrics: waiting times, run times and outcomes of all jobs. Every
/// gateway reports the same values. Not used while metrics are off.
/// </summary>
internal sealed class QueueMetrics
{
    private static readonly string[] Outcomes = ["completed", "failed", "cancelled"];

    private readonly TimeProvider clock;
    private readonly Dictionary<(string Lane, int Rank), string> tiers;
    private readonly (string Lane, string Tier)[] known;
    private readonly ConcurrentDictionary<long, Standing> jobs = new();
    private readonly Counter submitted;
    private readonly Counter ended;
    private readonly Counter retries;
    private readonly Histogram<double> waits;
    private readonly Histogram<double> runs;

    public QueueMetrics(ModelCatalog catalog, MetricSet all, TimeProvider clock)
    {
        this.clock = clock;
        tiers = LastHour.LanesOf(catalog)
            .SelectMany(lane => lane.Tiers.Select(tier => ((lane.Lane, tier.Rank), tier.Names)))
            .ToDictionary();
        known = [.. tiers.Select(tier => (tier.Key.Lane, tier.Value))];
        all.Gauge(
            "rushes_queue_jobs", "Queued jobs.",
            () => Queued().Select(so => (LabelsOf(so.Key), (double)so.Value.Jobs)));
        all.Gauge(
            "rushes_queue_oldest_seconds", "How long the oldest queued job has waited; 0 if there is none.",
            () => Queued().Select(so => (LabelsOf(so.Key), so.Value.Longest)));
        submitted = all.Counter(
            "rushes_jobs_queued_total", "Jobs that were queued, without retries.", known.Select(LabelsOf));
        ended = all.Counter(
            "rushes_jobs_ended_total", "Jobs that ended, by outcome.",
            from lane in catalog.Lanes.Keys from outcome in Outcomes select Ended(lane, outcome));
        retries = all.Counter(
            "rushes_job_retries_total", "Runs after which the job returned to the queue, for any reason.",
            catalog.Lanes.Keys.Select(Lane));
        waits = all.Histogram(
            "rushes_job_wait_seconds", "From queueing to the start of the run.", MetricSet.Seconds);
        runs = all.Histogram(
            "rushes_job_run_seconds", "From the start of a run to its result, of completed jobs.", MetricSet.Seconds);
    }

    /// <summary>Passes the unfinished jobs on at startup and records them.</summary>
    public async IAsyncEnumerable<JobChange> Watch(
        IAsyncEnumerable<JobChange> live, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        await foreach (var job in live.WithCancellation(cancel))
        {
            jobs[job.Id] = Standing.Of(job, job.State == JobState.Running ? job.StartedAt : job.At);
            yield return job;
        }
    }

    /// <summary>Applies the changes of one commit.</summary>
    public void Apply(IReadOnlyList<JobChange> changes)
    {
        for (var i = 0; i < changes.Count; i++) Apply(changes[i]);
    }

    public static Labels Lane(string lane) => new(("lane", lane));

    public static Labels LabelsOf((string Lane, string Tier) pair) => new(("lane", pair.Lane), ("tier", pair.Tier));

    private static Labels Ended(string lane, string outcome) => new(("lane", lane), ("outcome", outcome));

    /// <summary>The number of queued jobs, and the seconds that the first one has waited.</summary>
    private Dictionary<(string Lane, string Tier), (int Jobs, double Longest)> Queued()
    {
        var now = clock.GetUtcNow();
        var queued = known.ToDictionary(pair => pair, _ => (Jobs: 0, Longest: 0.0));
        foreach (var (_, job) in jobs)
        {
            if (!job.State.IsQueued) continue;
            var pair = (job.Lane, TierOf(job.Lane, job.Tier));
            var so = queued.GetValueOrDefault(pair);
            queued[pair] = (so.Jobs + 1, Math.Max(so.Longest, Seconds(job.Since, now)));
        }
        return queued;
    }

    private void Apply(JobChange change)
    {
        jobs.TryGetValue(change.Id, out var before);
        var since = change.State == JobState.Running ? change.StartedAt : change.At;
        if (change.State == before?.State)
        {
            // Moved to the front, a heartbeat, or a run whose start this gateway did not see.
            if (change.Tier != before.Tier) jobs[change.Id] = before with { Tier = change.Tier };
            return;
        }

        if (change.State.IsFinished) jobs.TryRemove(change.Id, out _);
        else jobs[change.Id] = Standing.Of(change, since);
        if (before is null && change.State.IsFinished) return;

        var (lane, tier) = before is null ? (change.Lane, change.Tier) : (before.Lane, before.Tier);
        if (change.State == JobState.Pending) submitted.Add(LabelsOf((lane, TierOf(lane, tier))));
        if (before is { State.IsQueued: true } && change.State == JobState.Running)
            waits.Record(Seconds(before.Since, since), LabelsOf((lane, TierOf(lane, tier))).Tags);
        if (before?.State == JobState.Running && change.State == JobState.Retry) retries.Add(Lane(lane));
        if (before?.State == JobState.Running && change.State == JobState.Completed)
            runs.Record(Seconds(before.Since, change.At), Lane(lane).Tags);
        if (change.State.IsFinished) ended.Add(Ended(lane, change.State.ToString().ToLowerInvariant()));
    }

    /// <summary>A job that was moved to the front has a higher tier than all others.</summary>
    private string TierOf(string lane, int rank) => tiers.GetValueOrDefault((lane, rank), "front");

    /// <summary>The clock may have been set back.</summary>
    private static double Seconds(DateTimeOffset from, DateTimeOffset to) => Math.Max(0, (to - from).TotalSeconds);

    /// <param name="Since">When the job entered this state.</param>
    private sealed record Standing(string Lane, int Tier, JobState State, DateTimeOffset Since)
    {
        public static Standing Of(JobChange job, DateTimeOffset since) => new(job.Lane, job.Tier, job.State, since);
    }
}
