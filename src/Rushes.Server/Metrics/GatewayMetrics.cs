using Microsoft.AspNetCore.Http.HttpResults;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Admin;
using Rushes.Server.Auth;
using Rushes.Server.Console;
using Rushes.Server.WorkerApi;

namespace Rushes.Server.Metrics;

/// <summary>
/// What Prometheus is told. It hears of what happens by the events that the rooms raise anyway; while metrics are off nobody
/// listens to them. docs/operate/metrics.md lists every name.
/// </summary>
internal sealed class GatewayMetrics
{
    private static readonly double[] GroupSizes = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    private readonly Census census;
    private readonly LastHour hour;
    private readonly Backlog backlog;
    private readonly RunTimes runTimes;
    private readonly WorkerRoster roster;
    private readonly TimeProvider clock;
    private readonly Histogram groups = new(GroupSizes);
    private readonly Histogram lag = new(Histogram.Seconds);
    private readonly Counter leasesLost = new("");
    private readonly Counter tries = new(Enum.GetValues<DeliveryState>().Select(Outcome));

    public GatewayMetrics(Census census, LastHour hour, Backlog backlog, RunTimes runTimes, WorkerRoster roster, TimeProvider clock) =>
        (this.census, this.hour, this.backlog, this.runTimes, this.roster, this.clock) = (census, hour, backlog, runTimes, roster, clock);

    /// <summary>A commit of this gateway's own.</summary>
    public void GroupCommitted(int writes) => groups.Add("", writes);

    public void LeasesExpired(int count) => leasesLost.Add("", count);

    public void WebhookTried(Delivery delivery, DeliveryTry made, DeliveryState next)
    {
        tries.Add(Outcome(next));
        if (next == DeliveryState.Delivered) lag.Add("", Math.Max(0, (clock.GetUtcNow() - delivery.CreatedAt).TotalSeconds));
    }

    /// <param name="keys">Null: whoever asks is told.</param>
    public void Map(IEndpointRouteBuilder routes, KeyRing? keys)
    {
        var scrape = routes.MapGet("/metrics", Scrape);
        if (keys is not null) scrape.AddEndpointFilter(new AdminDoor(keys.Identify));
    }

    private ContentHttpResult Scrape()
    {
        var text = new Exposition();
        census.WriteTo(text);
        WriteLanes(text);
        WriteWorkers(text);
        leasesLost.WriteTo(text, "rushes_leases_lost_total", "Leases that this gateway's sweeper took from workers that went silent.");
        groups.WriteTo(text, "rushes_commit_group_writes", "Writes that shared one commit of this gateway.");
        tries.WriteTo(text, "rushes_webhook_tries_total", "Tries of callbacks that this gateway made, by what came of them.");
        lag.WriteTo(text, "rushes_webhook_lag_seconds", "From a job's end to the callback's delivery.");
        return TypedResults.Text(text.ToString(), Exposition.ContentType);
    }

    private void WriteLanes(Exposition text)
    {
        var lanes = hour.Lanes.Zip(hour.Now().Lanes).ToList();
        text.Begin("rushes_queue_wait_seconds", "gauge", "How long a new job would wait, as clients are told.");
        foreach (var (lane, look) in lanes)
            foreach (var (tier, seen) in lane.Tiers.Zip(look.Tiers)) text.Sample("rushes_queue_wait_seconds", Census.Labels((lane.Lane, tier.Names)), seen.Wait);
        text.Begin("rushes_queue_work_seconds", "gauge", "How long one worker would be at what waits.");
        foreach (var (lane, _) in lanes)
            text.Sample("rushes_queue_work_seconds", Census.Lane(lane.Lane), backlog.Counts(lane.Lane).Work * runTimes.Factor(lane.Lane) / 1000);
        text.Begin("rushes_running_jobs", "gauge", "Jobs that workers run.");
        foreach (var (lane, look) in lanes) text.Sample("rushes_running_jobs", Census.Lane(lane.Lane), look.Running);
        text.Begin("rushes_lane_paused", "gauge", "1 while an operator has paused the lane.");
        foreach (var (lane, _) in lanes) text.Sample("rushes_lane_paused", Census.Lane(lane.Lane), backlog.IsPaused(lane.Lane) ? 1 : 0);
    }

    private void WriteWorkers(Exposition text)
    {
        var workers = roster.All.Select(entry => entry.Offer.Worker).ToList();
        var busy = backlog.Lanes.SelectMany(backlog.Running).Select(job => job.Run?.Worker).ToHashSet();
        text.Begin("rushes_worker_busy", "gauge", "1 while a slot that asks this gateway for jobs runs one.");
        foreach (var worker in workers) text.Sample("rushes_worker_busy", Exposition.Label("worker", worker), busy.Contains(worker) ? 1 : 0);
        text.Begin("rushes_worker_busy_ratio", "gauge", "The share of the last hour that the slot ran jobs.");
        foreach (var worker in workers) text.Sample("rushes_worker_busy_ratio", Exposition.Label("worker", worker), hour.BusyOf(worker) ?? 0);
    }

    private static string Outcome(DeliveryState next) => Exposition.Label("outcome", next == DeliveryState.Pending ? "retried" : next.ToString().ToLowerInvariant());
}
