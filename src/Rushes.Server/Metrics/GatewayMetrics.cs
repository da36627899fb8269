using System.Diagnostics.Metrics;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Console;
using Rushes.Server.WorkerApi;

namespace Rushes.Server.Metrics;

/// <summary>
/// The metrics of this gateway other than those of <see cref="QueueMetrics"/>, from events that are raised anyway. Without
/// metrics nothing subscribes to them. docs/operate/metrics.md lists all names.
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
        (this.all, this.hour, this.backlog, this.runTimes, this.roster, this.clock) =
            (all, hour, backlog, runTimes, roster, clock);
        ReportLanes();
        ReportWorkers();
        ReportEngines();
        leasesLost = all.Counter(
            "rushes_leases_lost_total", "Leases that this gateway ended because they expired.", Labels.None);
        groups = all.Histogram("rushes_commit_group_writes", "Writes that shared one commit of this gateway.", GroupSizes);
        tries = all.Counter(
            "rushes_webhook_tries_total", "Webhook attempts of this gateway, by outcome.",
            Enum.GetValues<DeliveryState>().Select(Outcome));
        lag = all.Histogram(
            "rushes_webhook_lag_seconds", "From the end of a job to the delivery of its webhook.", MetricSet.Seconds);
    }

    /// <summary>This gateway committed a group.</summary>
    public void GroupCommitted(int writes) => groups.Record(writes);

    public void LeasesExpired(int count) => leasesLost.Add(Labels.None, count);

    public void WebhookTried(Delivery delivery, DeliveryTry made, DeliveryState next)
    {
        tries.Add(Outcome(next));
        if (next == DeliveryState.Delivered) lag.Record(Math.Max(0, (clock.GetUtcNow() - delivery.CreatedAt).TotalSeconds));
    }

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder routes) => all.Map(routes);

    private void ReportLanes()
    {
        all.Gauge("rushes_queue_wait_seconds", "The estimated wait of a new job, as shown to clients.", () =>
            from pair in hour.Lanes.Zip(hour.Now().Lanes)
            from tier in pair.First.Tiers.Zip(pair.Second.Tiers)
            where tier.Second.Wait is not null
            select (QueueMetrics.LabelsOf((pair.First.Lane, tier.First.Names)), tier.Second.Wait ?? 0));
        all.Gauge("rushes_queue_work_seconds", "The expected run time of all queued jobs on one worker.", () =>
            hour.Lanes.Select(
                lane => (QueueMetrics.Lane(lane.Lane), backlog.Counts(lane.Lane).Work * runTimes.Factor(lane.Lane) / 1000)));
        all.Gauge("rushes_running_jobs", "Running jobs.", () =>
            hour.Lanes.Zip(hour.Now().Lanes, (lane, look) => (QueueMetrics.Lane(lane.Lane), (double)look.Running)));
        all.Gauge("rushes_lane_paused", "1 while an operator has paused the lane.", () =>
            hour.Lanes.Select(lane => (QueueMetrics.Lane(lane.Lane), backlog.IsPaused(lane.Lane) ? 1.0 : 0)));
    }

    private void ReportWorkers()
    {
        all.Gauge("rushes_worker_busy", "1 while a slot that claims jobs from this gateway runs one.", () =>
        {
            var busy = backlog.Lanes.SelectMany(backlog.Running).Select(job => job.Run?.Worker).ToHashSet();
            return roster.All.Select(entry => (Worker(entry), busy.Contains(entry.Offer.Worker) ? 1.0 : 0));
        });
        all.Gauge("rushes_worker_busy_ratio", "The share of the last hour that the slot ran jobs.", () =>
            roster.All.Select(entry => (Worker(entry), hour.BusyOf(entry.Offer.Worker) ?? 0)));
    }

    private void ReportEngines() =>
        all.Gauge("rushes_engine_ready", "1 while this part of a worker's engine (a server, a program) takes jobs.", () =>
            roster.All.SelectMany(entry => entry.Offer.Parts.DistinctBy(part => part.Name).Select(part =>
                (new Labels(("worker", entry.Offer.Worker), ("part", part.Name)), part.TakesJobs ? 1.0 : 0))));

    private static Labels Worker(WorkerRoster.Entry entry) => new(("worker", entry.Offer.Worker));

    private static Labels Outcome(DeliveryState next) =>
        new(("outcome", next == DeliveryState.Pending ? "retried" : next.ToString().ToLowerInvariant()));
}
