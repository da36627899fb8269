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
    public void Other_gateways_do_not_leave_a_job_of_a_bounded_account_to_this_one()
    {
        using var ticket = doorbell.Take(["t2v"]);
        _ = ticket.Wait();
        Assert.Equal([2], backlog.Awaited([Job(1), Of(2, Job(2))]));
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

    private int Position(long id) => backlog.Find(id)!.Rank()!.Value.Jobs;

    private static JobChange Of(int account, JobChange job) => job with { Account = account };
}
