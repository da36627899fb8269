using Rushes.Jobs;
using Xunit;
using static Rushes.Tests.Jobs.Changes;

namespace Rushes.Tests.Jobs;

public sealed class BacklogTests
{
    private readonly Backlog backlog = new(new Doorbell());

    [Fact]
    public void A_position_is_how_many_of_the_lane_go_first()
    {
        backlog.Apply([Job(1), Job(2, priority: 7), Job(3, lane: "i2v"), Job(4, work: 500), Job(5)]);

        Assert.Equal(new Place(0, 0), backlog.Find(2)!.Rank());
        Assert.Equal(new Place(1, 1000), backlog.Find(1)!.Rank());
        Assert.Equal(new Place(0, 0), backlog.Find(3)!.Rank());
        Assert.Equal(new Place(3, 2500), backlog.Find(5)!.Rank());
    }

    [Fact]
    public void Lanes_that_share_workers_wait_for_each_other()
    {
        backlog.Apply([Job(1), Job(2, lane: "i2v"), Job(3, lane: "i2v", priority: 1), Job(4), Job(5, lane: "i2v")]);

        Assert.Equal(new Place(3, 3000), backlog.Ahead(backlog.Find(4)!, "t2v", "i2v"));
        Assert.Equal(new Place(2, 2000), backlog.Ahead(backlog.Find(4)!, "i2v", "nobody's"));
    }

    [Fact]
    public void A_running_job_has_a_run_and_no_position()
    {
        backlog.Apply([Job(1), Job(2), Job(1, JobState.Running) with { Progress = new Progress(4, 24) }]);

        var job = backlog.Find(1)!;
        Assert.Equal((JobState.Running, "node/1", new Progress(4, 24)), (job.State, job.Run!.Worker, job.Run.Progress));
        Assert.Null(job.Rank());
        Assert.Equal(0, backlog.Find(2)!.Rank()!.Value.Jobs);
        Assert.Equal(new LaneCounts(1, 1, 1000), backlog.Counts("t2v"));
        Assert.Same(job, Assert.Single(backlog.Running("t2v")));
    }

    [Fact]
    public void A_job_that_ended_is_gone_but_tells_those_who_hold_it()
    {
        backlog.Apply([Job(1)]);
        var held = backlog.Find(1)!;
        backlog.Apply([Job(1, JobState.Running), Job(1, JobState.Completed)]);

        Assert.Null(backlog.Find(1));
        Assert.Equal(JobState.Completed, held.State);
        Assert.Null(held.Run);
        Assert.Equal(0, backlog.Count);
    }

    [Fact]
    public void A_heartbeat_keeps_what_it_does_not_say()
    {
        backlog.Apply([Job(1), Job(1, JobState.Running), Job(1, JobState.Running) with { Render = null }]);
        Assert.Equal(Render, backlog.Find(1)!.Render);
    }

    [Fact]
    public async Task A_watcher_is_told_of_the_next_change()
    {
        backlog.Apply([Job(1)]);
        var job = backlog.Find(1)!;
        var seen = job.Version;
        var next = job.Changed(seen);
        Assert.False(next.IsCompleted);
        Assert.Same(next, job.Changed(seen));

        backlog.Apply([Job(1, JobState.Running)]);
        await next.WaitAsync(TestContext.Current.CancellationToken);
        Assert.True(job.Changed(seen).IsCompleted);
        Assert.False(job.Changed(job.Version).IsCompleted);
    }

    [Fact]
    public async Task Watchers_miss_nothing_however_fast_it_goes()
    {
        backlog.Apply([Job(1), Job(1, JobState.Running)]);
        var job = backlog.Find(1)!;
        var watchers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!job.State.IsFinished)
            {
                var seen = job.Version;
                if (!job.State.IsFinished) await job.Changed(seen);
            }
        })).ToArray();

        for (var done = 0; done < 20_000; done++)
            backlog.Apply([Job(1, JobState.Running) with { Progress = new Progress(done, 20_000) }]);
        backlog.Apply([Job(1, JobState.Completed)]);
        await Task.WhenAll(watchers).WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Readers_see_whole_places_while_it_changes()
    {
        for (var id = 1; id <= 1000; id++) backlog.Apply([Job(id)]);
        var last = backlog.Find(1000)!;
        var reader = Task.Run(() =>
        {
            var before = int.MaxValue;
            while (last.Rank() is { } place)
            {
                Assert.Equal(place.Jobs * 1000L, place.Work);
                Assert.True(place.Jobs <= before);
                before = place.Jobs;
            }
        }, TestContext.Current.CancellationToken);

        for (var id = 1; id <= 1000; id++) backlog.Apply([Job(id, JobState.Running)]);
        await reader;
    }
}
