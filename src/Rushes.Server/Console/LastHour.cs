using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.WorkerApi;

namespace Rushes.Server.Console;

/// <summary>
/// Samples of queued and running jobs of the last hour, taken every few seconds and kept in memory, for the console's charts.
/// It reads the backlog, not the database.
/// </summary>
internal sealed class LastHour(
    ModelCatalog catalog, Backlog backlog, Forecast forecast, WorkerRoster roster, RecentEnds ends,
    TimeProvider clock) : BackgroundService
{
    private const int MaxLooks = 720;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Queue<Look> looks = new(MaxLooks);
    private readonly Dictionary<string, BusyShare> workers = new(StringComparer.Ordinal);

    /// <summary>Lanes with the tiers of their models, the highest first. Tiers of the same rank are combined.</summary>
    public IReadOnlyList<LaneTiers> Lanes { get; } = LanesOf(catalog);

    public static IReadOnlyList<LaneTiers> LanesOf(ModelCatalog catalog) =>
    [
        .. catalog.Lanes.Keys.Select(lane => new LaneTiers(lane,
        [
            .. catalog.Models.Where(model => model.Lane == lane)
                .Select(model => model.Tier)
                .Distinct()
                .GroupBy(tier => tier.Rank)
                .OrderByDescending(rank => rank.Key)
                .Select(rank => new TierRank(string.Join(", ", rank.Select(tier => tier.Name).Order()), rank.Key)),
        ])),
    ];

    /// <summary>Samples after a time, in seconds since 1970; oldest first.</summary>
    public IReadOnlyList<Look> Since(long at)
    {
        lock (gate) return [.. looks.SkipWhile(look => look.At <= at)];
    }

    /// <summary>The utilization of a slot in the last hour; null if there are no samples yet.</summary>
    public double? BusyOf(string worker)
    {
        lock (gate) return workers.TryGetValue(worker, out var share) ? share.Value : null;
    }

    /// <summary>A sample of the current state.</summary>
    public Look Now() => new(clock.GetUtcNow().ToUnixTimeSeconds(), [.. Lanes.Select(LaneNow)], BusyNow());

    internal void Take()
    {
        var now = Now();
        var busy = BusyWorkers();
        lock (gate)
        {
            if (looks.Count == MaxLooks) looks.Dequeue();
            looks.Enqueue(now);
            var here = roster.All.Select(worker => worker.Offer.Worker).ToHashSet();
            foreach (var left in workers.Keys.Where(worker => !here.Contains(worker)).ToList()) workers.Remove(left);
            foreach (var worker in here)
            {
                if (!workers.TryGetValue(worker, out var share)) workers[worker] = share = new BusyShare(MaxLooks);
                share.Add(busy.Contains(worker));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do Take();
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The gateway is stopping.
        }
    }

    private LaneLook LaneNow(LaneTiers lane)
    {
        var above = 0;
        var tiers = new List<TierLook>(lane.Tiers.Count);
        foreach (var tier in lane.Tiers)
        {
            // All of this rank and above; jobs moved to the front are above the highest rank.
            var upTo = backlog.Ahead(new QueueKey(tier.Rank, int.MinValue, long.MaxValue, long.MaxValue), lane.Lane).Jobs;
            tiers.Add(new TierLook(upTo - above, WaitOf(lane.Lane, tier.Rank)));
            above = upTo;
        }

        var ended = ends.Of(lane.Lane);
        return new LaneLook(backlog.Counts(lane.Lane).Running, tiers, ended.Completed, ended.Failed);
    }

    /// <summary>The share of the worker slots of this gateway that run a job; null without workers.</summary>
    private double? BusyNow()
    {
        var slots = roster.All.Select(worker => worker.Offer.Worker).ToHashSet();
        return slots.Count == 0 ? null : Math.Round((double)BusyWorkers().Count(slots.Contains) / slots.Count, 3);
    }

    private HashSet<string> BusyWorkers() =>
        [.. backlog.Lanes.SelectMany(backlog.Running).Select(job => job.Run?.Worker).OfType<string>()];

    private double? WaitOf(string lane, int tier) =>
        forecast.WaitOf(lane, tier) is { } wait ? Math.Round(wait.TotalSeconds, 1) : null;

    /// <summary>Counts over the latest samples.</summary>
    private sealed class BusyShare(int most)
    {
        private readonly Queue<bool> seen = new(most);
        private int busy;

        public double Value => Math.Round((double)busy / seen.Count, 3);

        public void Add(bool isBusy)
        {
            if (seen.Count == most && seen.Dequeue()) busy--;
            seen.Enqueue(isBusy);
            if (isBusy) busy++;
        }
    }
}

internal sealed record LaneTiers(string Lane, IReadOnlyList<TierRank> Tiers);

/// <param name="Names">Such as <c>base, fast</c>.</param>
internal sealed record TierRank(string Names, int Rank);

/// <param name="At">Seconds since 1970.</param>
/// <param name="Lanes">In the order of <see cref="LastHour.Lanes"/>.</param>
/// <param name="Busy">The share of the worker slots that run a job; null without workers.</param>
internal sealed record Look(long At, IReadOnlyList<LaneLook> Lanes, double? Busy);

/// <param name="Completed">Since the start of the gateway, as <paramref name="Failed"/>.</param>
internal sealed record LaneLook(int Running, IReadOnlyList<TierLook> Tiers, int Completed, int Failed);

/// <param name="Wait">The estimated wait of a new job of the tier, in seconds; null if it is unknown.</param>
internal sealed record TierLook(int Queued, double? Wait);
