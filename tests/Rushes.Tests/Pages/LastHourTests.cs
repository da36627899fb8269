using Rushes.Catalog;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.Console;
using Rushes.Server.WorkerApi;
using Rushes.Tests.Jobs;
using Rushes.Work;
using Xunit;

namespace Rushes.Tests.Pages;

/// <summary>The console's statistics of the last hour.</summary>
public sealed class LastHourTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly Backlog backlog = new(new Doorbell());
    private readonly WorkerRoster roster;
    private readonly LastHour hour;

    public LastHourTests()
    {
        var catalog = CatalogReader.Read(null);
        var capacity = new Capacity();
        roster = new WorkerRoster(capacity, TimeSpan.FromMinutes(1), clock, new Drains());
        hour = new LastHour(
            catalog, backlog, new Forecast(backlog, new RunTimes(), capacity, clock), roster, new RecentEnds(clock), clock);
    }

    public void Dispose()
    {
        roster.Dispose();
        hour.Dispose();
    }

    [Fact]
    public void Waiting_jobs_are_counted_by_tier_and_what_was_moved_to_the_front_with_the_highest()
    {
        Assert.Equal(["premium", "pro", "base, fast"], hour.Lanes[0].Tiers.Select(tier => tier.Names));
        Queue(1, tier: 0);
        Queue(2, tier: 0);
        Queue(3, tier: 10);
        Queue(4, tier: 20);
        Queue(5, tier: 21);

        var t2v = hour.Now().Lanes[0];
        Assert.Equal([2, 1, 2], t2v.Tiers.Select(tier => tier.Queued));
        // Five jobs of a second each, and no worker to share them.
        Assert.Equal([2, 3, 5], t2v.Tiers.Select(tier => tier.Wait));
        Assert.All(hour.Now().Lanes.Skip(1), lane => Assert.Equal(0, lane.Tiers.Sum(tier => tier.Queued)));
    }

    [Fact]
    public void A_caller_is_told_what_it_does_not_have_yet_of_one_hour()
    {
        for (var look = 0; look < 800; look++)
        {
            hour.Take();
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        var all = hour.Since(0);
        Assert.Equal(720, all.Count);
        Assert.Equal(5, all[1].At - all[0].At);
        Assert.Equal(all.TakeLast(3), hour.Since(all[^4].At));
        Assert.Empty(hour.Since(all[^1].At));
    }

    [Fact]
    public void A_slot_is_as_busy_as_it_was_seen_to_be()
    {
        roster.Register(new ClaimOffer("node/1", ["t2v"], ["wan22-fast-t2v"]));
        Assert.Null(hour.BusyOf("node/1"));
        hour.Take();
        Queue(1, tier: 0);
        backlog.Apply([Changes.Job(1, JobState.Running) with { Worker = "node/1", StartedAt = clock.GetUtcNow() }]);
        for (var look = 0; look < 3; look++) hour.Take();
        Assert.Equal(0.75, hour.BusyOf("node/1"));
    }

    private void Queue(long id, int tier) => backlog.Apply([Changes.Job(id, JobState.Pending) with { Tier = tier, Work = 1000 }]);
}
