using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;

namespace Rushes.Server.Console;

/// <summary>The queue page for operators: lanes with queued and running jobs, and the last hour.</summary>
internal sealed class QueuePage(
    ModelCatalog catalog, Backlog backlog, Forecast forecast, Capacity capacity, LastHour hour, AccountDirectory accounts,
    RecentEnds ends)
{
    /// <summary>The maximum number of running jobs listed per lane.</summary>
    private const int MaxNamed = 100;

    public void Map(IEndpointRouteBuilder admin) => admin.MapGet("/queue", Show);

    /// <param name="since">The time of the last sample that the caller has, in seconds since 1970.</param>
    private IResult Show(long? since, CancellationToken _)
    {
        var now = hour.Now();
        var lanes = hour.Lanes.Zip(now.Lanes, (lane, look) => new LaneBody(
            lane.Lane, catalog.Lanes[lane.Lane], backlog.IsPaused(lane.Lane), capacity.Serving(lane.Lane).Slots,
            capacity.Serving(lane.Lane).Lanes.Count > 1, look.Running, look.Completed, look.Failed,
            [.. lane.Tiers.Zip(look.Tiers, (tier, queued) => new TierBody(tier.Names, queued.Queued, queued.Wait))],
            [.. backlog.Running(lane.Lane).OrderBy(job => job.Run?.StartedAt).Take(MaxNamed).Select(RunningOf)
                .OfType<RunningBody>()]));
        var looks = hour.Since(since ?? 0);
        return TypedResults.Json(
            new QueueBody(
                now.At, [.. lanes], [.. looks.Select(look => look.At)],
                [.. Enumerable.Range(0, hour.Lanes.Count).Select(lane => SeriesOf(looks, lane))],
                now.Busy, [.. looks.Select(look => look.Busy)], ends.ByModel()),
            ConsoleWire.Json.QueueBody);
    }

    private RunningBody? RunningOf(LiveJob job) => job.Run is { } run
        ? new RunningBody(
            job.Id, job.Model, accounts.Find(job.Account)?.Name ?? "", run.Worker, run.Progress.Done, run.Progress.Total,
            run.StartedAt,
            forecast.RemainingOf(job) is { } left ? Math.Round(left.TotalSeconds, 1) : null)
        : null;

    private LaneSeries SeriesOf(IReadOnlyList<Look> looks, int lane) => new(
        [.. looks.Select(look => look.Lanes[lane].Running)],
        [.. looks.Select(look => look.Lanes[lane].Completed)],
        [.. looks.Select(look => look.Lanes[lane].Failed)],
        [.. Enumerable.Range(0, hour.Lanes[lane].Tiers.Count).Select(tier => new TierSeries(
            [.. looks.Select(look => look.Lanes[lane].Tiers[tier].Queued)],
            [.. looks.Select(look => look.Lanes[lane].Tiers[tier].Wait)]))]);
}

/// <param name="Now">Seconds since 1970.</param>
/// <param name="At">The times of the samples; each series has one value per sample.</param>
/// <param name="BusyNow">The share of the worker slots that run a job; null without workers.</param>
internal sealed record QueueBody(
    long Now, IReadOnlyList<LaneBody> Lanes, IReadOnlyList<long> At, IReadOnlyList<LaneSeries> Series,
    double? BusyNow, IReadOnlyList<double?> Busy, IReadOnlyList<ModelEnds> Models);

/// <param name="Shared">Slots of this lane also serve other lanes.</param>
/// <param name="Completed">Since the start of the gateway, as <paramref name="Failed"/>.</param>
internal sealed record LaneBody(
    string Id, string Title, bool Paused, int Slots, bool Shared, int Running, int Completed, int Failed,
    IReadOnlyList<TierBody> Tiers, IReadOnlyList<RunningBody> Now);

internal sealed record TierBody(string Name, int Queued, double? Wait);

internal sealed record RunningBody(
    long Id, string Model, string Account, string Worker, int Done, int Tasks, DateTimeOffset StartedAt, double? Remaining);

internal sealed record LaneSeries(
    IReadOnlyList<int> Running, IReadOnlyList<int> Completed, IReadOnlyList<int> Failed, IReadOnlyList<TierSeries> Tiers);

internal sealed record TierSeries(IReadOnlyList<int> Queued, IReadOnlyList<double?> Wait);
