using FsCheck;
using FsCheck.Fluent;
using Rushes.Accounts;
using Rushes.Catalog;
using Rushes.Jobs;
using Rushes.Tests.Jobs;
using Xunit;

namespace Rushes.Tests.Accounts;

public sealed class RateTests
{
    private readonly FakeClock clock = new();

    [Fact]
    public void No_stretch_of_the_windows_length_ever_holds_more()
    {
        var pauses = Gen.Choose(0, 1500).ArrayOf(200);
        Prop.ForAll(Arb.From(pauses), all =>
        {
            var window = new SlidingWindow(5, TimeSpan.FromSeconds(2), clock);
            var taken = new List<DateTimeOffset>();
            foreach (var pause in all)
            {
                clock.Advance(TimeSpan.FromMilliseconds(pause));
                var quota = window.Take();
                var inside = taken.Count(at => clock.GetUtcNow() - at < TimeSpan.FromSeconds(2));
                Assert.Equal(inside >= 5, quota.Rejected);
                if (!quota.Rejected) taken.Add(clock.GetUtcNow());
                Assert.Equal(quota.Rejected ? 0 : 4 - inside, quota.Remaining);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    [Fact]
    public void A_window_says_when_the_next_one_is_given_back()
    {
        var window = new SlidingWindow(2, TimeSpan.FromSeconds(10), clock);
        window.Take();
        clock.Advance(TimeSpan.FromSeconds(3));
        window.Take();

        Assert.Equal(new Quota(2, 0, TimeSpan.FromSeconds(7), Rejected: true), window.Take());
        clock.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(new Quota(2, 1, TimeSpan.FromSeconds(3), Rejected: false), window.Look());
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(0.5, 1)]
    [InlineData(1.5, 1)]
    public void A_rate_gives_a_seconds_worth_at_once_and_then_holds(double perSecond, int atOnce)
    {
        var rate = new SteadyRate(perSecond, clock);
        for (var i = 0; i < atOnce; i++) Assert.Null(rate.Take());
        var wait = rate.Take();
        Assert.NotNull(wait);
        clock.Advance(wait.Value);
        Assert.Null(rate.Take());

        clock.Advance(TimeSpan.FromSeconds(100));
        var taken = 0;
        for (var i = 0; i < 1000; i++)
        {
            if (rate.Take() is null) taken++;
            clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.InRange(taken, 100 * perSecond - 1, 100 * perSecond + Math.Max(1, perSecond));
    }

    [Fact]
    public void Accounts_have_rates_of_their_own_and_a_new_plan_counts_from_nothing()
    {
        var plan = new Plan { JobsPerWindow = 1, WindowSeconds = 10 };
        var rates = new RateLimits(account => account == 3 ? new Plan() : plan, clock);
        Assert.False(rates.TakeJob(1)!.Value.Rejected);
        Assert.True(rates.TakeJob(1)!.Value.Rejected);
        Assert.False(rates.TakeJob(2)!.Value.Rejected);
        Assert.Null(rates.TakeJob(3));
        Assert.Null(rates.TakeRequest(1));

        plan = plan with { JobsPerWindow = 2 };
        Assert.False(rates.TakeJob(1)!.Value.Rejected);
    }

    [Fact]
    public void Places_in_the_queue_count_what_waits_and_what_is_on_its_way()
    {
        var backlog = new Backlog(new Doorbell());
        var places = new QueuePlaces(backlog);
        backlog.Apply([Changes.Job(1)]);
        using (Assert.IsType<IDisposable>(places.Take(1, 2), exactMatch: false))
        {
            Assert.Null(places.Take(1, 2));
            Assert.False(places.IsFree(1, 2));
            Assert.True(places.IsFree(2, 2));
        }

        backlog.Apply([Changes.Job(2)]);
        Assert.Null(places.Take(1, 2));
        backlog.Apply([Changes.Job(1, JobState.Running)]);
        Assert.NotNull(places.Take(1, 2));
    }
}
