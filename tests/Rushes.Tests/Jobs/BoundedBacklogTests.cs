using Rushes.Jobs;
using Xunit;
using static Rushes.Tests.Jobs.Changes;

namespace Rushes.Tests.Jobs;

/// <summary>Account 1 may run one job at once, account 2 any number.</summary>
public sealed class BoundedBacklogTests
{
    private readonly Doorbell doorbell = new();
    private readonly ConcurrencyLimits limits;
    private readonly Backlog backlog;
    private int? most = 1;

    public BoundedBacklogTests()
    {
        limits = new ConcurrencyLimits(account => account == 1 ? most : null, () => true);
        backlog = new Backlog(doorbell, limits);
    }

    [Fact]
    public void Jobs_of_an_account_at_its_bound_do_not_count_against_others()
    {
        backlog.Apply([Job(1), Job(2), Job(3), Of(2, Job(4)), Job(5)]);
        Assert.Equal(3, Position(4));

        backlog.Apply([Job(1, JobState.Running)]);
        Assert.Equal((0, 0, 1, 3), (Position(4), Position(2), Position(3), Position(5)));
        Assert.Equal(new Place(0, 0), backlog.Ahead(backlog.Find(4)!, "t2v"));

        backlog.Apply([Job(1, JobState.Completed)]);
        Assert.Equal((2, 0, 1, 3), (Position(4), Position(2), Position(3), Position(5)));
    }

    [Fact]
    public void Its_own_jobs_ahead_tell_how_long_it_waits_at_least()
    {
        backlog.Apply([Job(1), Job(2), Of(2, Job(3)), Job(4)]);
        Assert.Equal((2000, 1), backlog.AheadOfOwn(backlog.Find(4)!, "t2v"));
        Assert.Null(backlog.AheadOfOwn(backlog.Find(3)!, "t2v"));
    }

    [Fact]
    public void A_run_that_ends_wakes_workers_for_the_accounts_next_job()
    {
        backlog.Apply([Job(1), Job(2, lane: "i2v"), Job(1, JobState.Running)]);
        using var ticket = doorbell.Take(["i2v"]);
        backlog.Apply([Job(1, JobState.Completed)]);
        Assert.True(ticket.Rung.IsCompleted);
    }

    [Fact]
    public void A_new_job_of_an_account_at_its_bound_wakes_nobody()
    {
        backlog.Apply([Job(1), Job(1, JobState.Running)]);
        using var ticket = doorbell.Take(["t2v"]);
        backlog.Apply([Job(2)]);
        Assert.False(ticket.Rung.IsCompleted);
        backlog.Apply([Of(2, Job(3))]);
        Assert.True(ticket.Rung.IsCompleted);
    }

    [Fact]
    public void A_run_that_ends_wakes_one_of_the_workers_that_can_run_the_accounts_other_jobs()
    {
        backlog.Apply([Job(1), Job(1, JobState.Running), Job(2), Job(3)]);
        using var other = Waiting("i2v");
        using var first = Waiting("t2v");
        using var second = Waiting("t2v");
        backlog.Apply([Job(1, JobState.Completed)]);
        Assert.Equal(
            (false, true, false), (other.Rung.IsCompleted, first.Rung.IsCompleted, second.Rung.IsCompleted));
        Assert.Equal(1, first.TakeCall()?.Account?.Id);
    }

    [Fact]
    public void Jobs_of_one_commit_wake_as_many_workers_as_may_claim_them()
    {
        most = 2;
        using var first = Waiting("t2v");
        using var second = Waiting("t2v", "i2v");
        using var third = Waiting("t2v");
        backlog.Apply([Job(1), Job(2), Job(3, lane: "i2v")]);
        Assert.Equal((true, true, false), (first.Rung.IsCompleted, second.Rung.IsCompleted, third.Rung.IsCompleted));
    }

    [Fact]
    public void A_worker_that_leaves_or_finds_no_job_leaves_those_of_the_account_to_others()
    {
        var first = Waiting("t2v");
        var second = Waiting("t2v");
        using var third = Waiting("i2v");
        using var fourth = Waiting("t2v");
        backlog.Apply([Job(1), Job(2, lane: "i2v")]);
        first.Dispose();
        Assert.True(second.Rung.IsCompleted);
        second.Miss(second.TakeCall()!.Value);
        Assert.True(third.Rung.IsCompleted);
        third.Miss(third.TakeCall()!.Value);
        Assert.False(fourth.Rung.IsCompleted);
        second.Dispose();
    }

    [Fact]
    public void A_call_that_is_passed_on_wakes_nobody_once_the_account_is_at_its_limit_or_its_lanes_are_paused()
    {
        var first = Waiting("t2v");
        var second = Waiting("t2v");
        using var third = Waiting("t2v");
        backlog.Apply([Job(1), Job(2)]);
        backlog.Apply([Job(1, JobState.Running)]);
        first.Dispose();
        Assert.False(second.Rung.IsCompleted);

        backlog.Apply([Job(1, JobState.Completed)]);
        Assert.True(second.Rung.IsCompleted);
        backlog.Pause("t2v", true);
        second.Dispose();
        Assert.False(third.Rung.IsCompleted);
    }

    [Fact]
    public void Other_gateways_leave_as_many_changes_of_a_bounded_account_to_this_one_as_jobs_may_start()
    {
        using var first = Waiting("t2v");
        using var second = Waiting("t2v");
        using var third = Waiting("t2v");
        Assert.Equal([1, 3], backlog.Awaited([Job(1), Job(2), Of(2, Job(3))]).Order());

        backlog.Apply([Job(1), Job(2), Job(1, JobState.Running)]);
        Assert.Empty(backlog.Awaited([Job(3)]));
        Assert.Equal([1], backlog.Awaited([Job(1, JobState.Completed), Job(3)]));
        Assert.Empty(backlog.Awaited([Job(1, JobState.Completed), Job(2, JobState.Running)]));
    }

    [Fact]
    public void A_run_that_ends_and_wakes_a_worker_elsewhere_wakes_one_here_only_a_little_later()
    {
        var clock = new FakeClock();
        var shared = new Backlog(doorbell, limits, clock);
        shared.Apply([Job(1), Job(1, JobState.Running), Job(2)]);
        using var ticket = Waiting("t2v");
        shared.Apply([Job(1, JobState.Completed) with { IsCalledElsewhere = true }]);
        Assert.False(ticket.Rung.IsCompleted);
        clock.Advance(LateCalls.After);
        Assert.True(ticket.Rung.IsCompleted);
    }

    [Fact]
    public void Another_plan_counts_at_once()
    {
        backlog.Apply([Job(1), Job(2), Of(2, Job(3)), Job(1, JobState.Running)]);
        using var ticket = doorbell.Take(["t2v"]);
        most = null;
        limits.NotifyChanged(1);
        Assert.True(ticket.Rung.IsCompleted);
        Assert.Equal(1, Position(3));

        most = 1;
        limits.NotifyChanged(1);
        Assert.Equal(0, Position(3));
        backlog.Apply([Job(2, JobState.Cancelled), Job(1, JobState.Retry)]);
        Assert.Equal((1, 0), (Position(3), Position(1)));
    }

    [Fact]
    public void What_an_account_has_waiting_is_counted()
    {
        backlog.Apply([Job(1), Job(2, lane: "i2v"), Of(2, Job(3)), Job(4)]);
        backlog.Apply([Job(1, JobState.Running), Job(4, JobState.Cancelled), Job(1, JobState.Retry)]);
        Assert.Equal((2, 1, 0), (backlog.QueuedOf(1), backlog.QueuedOf(2), backlog.QueuedOf(3)));
    }

    private Doorbell.Ticket Waiting(params string[] lanes)
    {
        var ticket = doorbell.Take(lanes);
        _ = ticket.Wait();
        return ticket;
    }

    private int Position(long id) => backlog.Find(id)!.Rank()!.Value.Jobs;

    private static JobChange Of(int account, JobChange job) => job with { Account = account };
}
