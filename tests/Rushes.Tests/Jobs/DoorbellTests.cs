using Rushes.Jobs;
using Xunit;
using static Rushes.Tests.Jobs.Changes;

namespace Rushes.Tests.Jobs;

public sealed class DoorbellTests
{
    private readonly Doorbell doorbell = new();
    private readonly Backlog backlog;

    public DoorbellTests() => backlog = new Backlog(doorbell);

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
}
