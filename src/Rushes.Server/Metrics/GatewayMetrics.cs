using System.Diagnostics.Metrics;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Console;
using Rushes.Server.WorkerApi;

namespace Rushes.Server.Metrics;

/// <summary>
/// What this gateway has to tell beside the <see cref="Census"/>. It hears of what happens by the events that the rooms raise
/// anyway; while metrics are off nobody listens to them. docs/operate/metrics.md lists every name.
/// </summary>
internal sealed class GatewayMetrics
{
    private static readonly double[] GroupSizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    private readonly MetricSet all;
    private readonly LastHour hour;
    private readonly Backlog backlog;
    private readonly RunTimes runTimes;
    private readonly WorkerRoster roster;
    private readonly TimeProvider clock;
    private readonly Histogram<double> groups;
    private readonly Histogram<double> lag;
    private readonly Counter leasesLost;
    private readonly Counter tries;

    public GatewayMetrics(
        MetricSet all, LastHour hour, Backlog backlog, RunTimes runTimes, WorkerRoster roster, TimeProvider clock)
    {
        (this.all, this.hour, this.backlog, this.runTimes, this.roster, this.clock) = (all, hour, backlog, runTimes, roster, clock);
        TellLanes();
        TellWorkers();
        TellEngines();
        leasesLost = all.Counter(
            "rushes_leases_lost_total", "Leases that this gateway's sweeper took from workers that went silent.", Labels.None);
        groups = all.Histogram("rushes_commit_group_writes", "Writes that shared one commit of this gateway.", GroupSizes);
        tries = all.Counter(
            "rushes_webhook_tries_total", "Tries of callbacks that this gateway made, by what came of them.",
            Enum.GetValues<DeliveryState>().Select(Outcome));
        lag = all.Histogram("rushes_webhook_lag_seconds", "From a job's end to the callback's delivery.", MetricSet.Seconds);
    }

    /// <summary>A commit of this gateway's own.</summary>
    public void GroupCommitted(int writes) => groups.Record(writes);

    public void LeasesExpired(int count) => leasesLost.Add(Labels.None, count);

    public void WebhookTried(Delivery delivery, DeliveryTry made, DeliveryState next)
    {
        tries.Add(Outcome(next));
        if (next == DeliveryState.Delivered) lag.Record(Math.Max(0, (clock.GetUtcNow() - delivery.CreatedAt).TotalSeconds));
    }

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder routes) => all.Map(routes);

    private void TellLanes()
    {
        all.Gauge("rushes_queue_wait_seconds", "How long a new job would wait, as clients are told.", () =>
            from pair in hour.Lanes.Zip(hour.Now().Lanes)
            from tier in pair.First.Tiers.Zip(pair.Second.Tiers)
            select (Census.LabelsOf((pair.First.Lane, tier.First.Names)), tier.Second.Wait));
        all.Gauge("rushes_queue_work_seconds", "How long one worker would be at what waits.", () =>
            hour.Lanes.Select(
                lane => (Census.Lane(lane.Lane), backlog.Counts(lane.Lane).Work * runTimes.Factor(lane.Lane) / 1000)));
        all.Gauge("rushes_running_jobs", "Jobs that workers run.", () =>
            hour.Lanes.Zip(hour.Now().Lanes, (lane, look) => (Census.Lane(lane.Lane), (double)look.Running)));
        all.Gauge("rushes_lane_paused", "1 while an operator has paused the lane.", () =>
            hour.Lanes.Select(lane => (Census.Lane(lane.Lane), backlog.IsPaused(lane.Lane) ? 1.0 : 0)));
    }

    private void TellWorkers()
    {
        all.Gauge("rushes_worker_busy", "1 while a slot that asks this gateway for jobs runs one.", () =>
        {
            var busy = backlog.Lanes.SelectMany(backlog.Running).Select(job => job.Run?.Worker).ToHashSet();
            return roster.All.Select(entry => (Worker(entry), busy.Contains(entry.Offer.Worker) ? 1.0 : 0));
        });
        all.Gauge("rushes_worker_busy_ratio", "The share of the last hour that the slot ran jobs.", () =>
            roster.All.Select(entry => (Worker(entry), hour.BusyOf(entry.Offer.Worker) ?? 0)));
    }

    private void TellEngines() =>
        all.Gauge("rushes_engine_ready", "1 while this part of a worker's engine takes jobs: a server, a program.", () =>
            roster.All.SelectMany(entry => entry.Offer.Parts.DistinctBy(part => part.Name).Select(part =>
                (new Labels(("worker", entry.Offer.Worker), ("part", part.Name)), part.State is "ready" or "suspect" ? 1.0 : 0))));

    private static Labels Worker(WorkerRoster.Entry entry) => new(("worker", entry.Offer.Worker));

    private static Labels Outcome(DeliveryState next) =>
        new(("outcome", next == DeliveryState.Pending ? "retried" : next.ToString().ToLowerInvariant()));
}
