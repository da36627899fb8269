using Rushes.Jobs;
using Xunit;
using static Rushes.Tests.Jobs.Changes;

namespace Rushes.Tests.Jobs;

public sealed class DoorbellTests
{
    private readonly Doorbell doorbell = new();
    private readonly Backlog backlog;

    private readonly FakeClock clock = new();

    public DoorbellTests() => backlog = new Backlog(doorbell, clock: clock);

    [Fact]
    public void A_queued_job_wakes_those_who_serve_its_lane()
    {
        using var mine = doorbell.Take(["i2v", "t2v"]);
        using var other = doorbell.Take(["s2v"]);
        backlog.Apply([Job(1)]);

        Assert.True(mine.Rung.IsCompleted);
        Assert.False(other.Rung.IsCompleted);
    }

    [Fact]
    public void A_job_that_returns_to_the_queue_wakes_too_and_a_start_does_not()
    {
        backlog.Apply([Job(1)]);
        using var ticket = doorbell.Take(["t2v"]);
        backlog.Apply([Job(1, JobState.Running)]);
        Assert.False(ticket.Rung.IsCompleted);
        backlog.Apply([Job(1, JobState.Retry)]);
        Assert.True(ticket.Rung.IsCompleted);
    }

    [Fact]
    public void A_ticket_taken_before_the_job_came_is_rung_whenever_it_is_awaited()
    {
        using var ticket = doorbell.Take(["t2v"]);
        backlog.Apply([Job(1)]);
        backlog.Apply([Job(1, JobState.Running)]);
        Assert.True(ticket.Rung.IsCompleted);
    }

    [Fact]
    public void A_ticket_given_back_is_not_rung()
    {
        var ticket = doorbell.Take(["t2v"]);
        ticket.Dispose();
        backlog.Apply([Job(1)]);
        Assert.False(ticket.Rung.IsCompleted);
    }

    [Fact]
    public void A_job_wakes_one_of_the_workers_that_wait_and_the_next_job_the_next()
    {
        using var first = Waiting(["t2v"]);
        using var second = Waiting(["t2v"]);
        backlog.Apply([Job(1)]);
        Assert.True(first.Rung.IsCompleted);
        Assert.False(second.Rung.IsCompleted);

        backlog.Apply([Job(2)]);
        Assert.True(second.Rung.IsCompleted);
        Assert.Equal((1, 2), (first.TakeCall()?.Id, second.TakeCall()?.Id));
    }

    [Fact]
    public void A_job_wakes_a_worker_that_can_run_its_model()
    {
        using var other = Waiting(["t2v"], ["wan22-pro-t2v"]);
        using var able = Waiting(["t2v"], ["wan22-pro-t2v", "wan22-fast-t2v"]);
        backlog.Apply([Job(1)]);
        Assert.False(other.Rung.IsCompleted);
        Assert.True(able.Rung.IsCompleted);
    }

    [Fact]
    public void A_call_that_is_not_taken_wakes_another_worker()
    {
        var first = Waiting(["t2v"]);
        using var second = Waiting(["t2v"]);
        backlog.Apply([Job(1)]);
        first.Dispose();
        Assert.Equal(1, second.TakeCall()?.Id);
    }

    [Fact]
    public void A_worker_that_leaves_a_job_to_others_wakes_them_all_but_not_itself()
    {
        using var first = doorbell.Take(["t2v"]);
        using var second = Waiting(["t2v"]);
        using var third = Waiting(["t2v"]);
        first.RingOthers();
        Assert.Equal(
            (false, true, true), (first.Rung.IsCompleted, second.Rung.IsCompleted, third.Rung.IsCompleted));
        Assert.Null(second.TakeCall());
    }

    [Fact]
    public void A_job_that_wakes_a_worker_elsewhere_wakes_one_here_only_if_it_is_still_queued_a_little_later()
    {
        using var first = Waiting(["t2v"]);
        using var second = Waiting(["t2v"]);
        backlog.Apply([Job(1) with { IsCalledElsewhere = true }]);
        clock.Advance(LateCalls.After / 2);
        backlog.Apply([Job(2) with { IsCalledElsewhere = true }]);
        backlog.Apply([Job(1, JobState.Running)]);
        clock.Advance(LateCalls.After - TimeSpan.FromMilliseconds(1));
        Assert.False(first.Rung.IsCompleted);

        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, first.TakeCall()?.Id);
        Assert.Equal((false, 0), (second.Rung.IsCompleted, clock.Timers));
    }

    [Fact]
    public void Each_worker_that_waits_is_for_one_job()
    {
        using var claiming = doorbell.Take(["t2v"]);
        using var any = Waiting(["t2v", "i2v"]);
        using var other = Waiting(["i2v"], ["wan22-pro-i2v"]);
        Assert.Equal([1], backlog.Awaited([Job(9, JobState.Running), Job(1), Job(2), Job(3, lane: "i2v")]));
    }

    private Doorbell.Ticket Waiting(string[] lanes, string[]? models = null)
    {
        var ticket = doorbell.Take(lanes, models);
        _ = ticket.Wait();
        return ticket;
    }
}
