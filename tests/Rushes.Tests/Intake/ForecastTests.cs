using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Server.Dialects.Queue;
using Rushes.Tests.Jobs;
using Xunit;

namespace Rushes.Tests.Intake;

/// <summary>Estimated times, with a fake clock.</summary>
public sealed class ForecastTests
{
    private const string Model = "wan22-fast-t2v";

    private readonly FakeClock clock = new();
    private readonly Backlog backlog = new(new Doorbell());
    private readonly Capacity capacity;
    private readonly Forecast forecast;

    public ForecastTests()
    {
        capacity = new Capacity(clock);
        forecast = new Forecast(backlog, new RunTimes(), capacity, clock);
    }

    [Fact]
    public void Half_a_run_shows_the_time_of_the_whole_run_not_of_the_rest()
    {
        using var worker = capacity.Add(["t2v"], [Model]);
        Start(1, work: 80_000);
        for (var step = 1; step <= 4; step++) Report(1, step, 8, after: 10);

        var view = Assert.IsType<JobView.Running>(View(1));
        Assert.Equal((TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(80)), (view.Remaining, view.EstimatedTotal));
        var status = QueueMap.Status(view, "https://x/queue/m/requests/1", "rushes", null, new KeepRules());
        Assert.Equal(80, status.StatusMessages.EstimatedTotalTimeSeconds);
        Assert.Equal("Progress: 4/8 Tasks done", status.StatusMessages.DetailMessage);
    }

    [Fact]
    public void A_run_at_half_the_expected_pace_shows_twice_the_expected_time()
    {
        using var worker = capacity.Add(["t2v"], [Model]);
        Start(1, work: 40_000);
        for (var step = 1; step <= 4; step++) Report(1, step, 8, after: 10);
        var view = Assert.IsType<JobView.Running>(View(1));
        Assert.Equal((TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(80)), (view.Remaining, view.EstimatedTotal));
    }

    [Fact]
    public void The_next_job_waits_for_the_running_one()
    {
        using var worker = capacity.Add(["t2v"], [Model]);
        Start(1, work: 60_000);
        Queue(2, work: 30_000);
        Assert.Equal(TimeSpan.FromSeconds(90), View(2).Remaining);
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(70), View(2).Remaining);
        Assert.Equal(TimeSpan.FromSeconds(70), forecast.WaitOf("t2v", 1));
    }

    [Fact]
    public void A_job_that_no_worker_can_run_has_no_time_and_says_why()
    {
        Queue(1, work: 30_000);
        clock.Advance(TimeSpan.FromMinutes(2));
        var view = Assert.IsType<JobView.Waiting>(View(1));
        Assert.Null(view.Remaining);
        var status = QueueMap.Status(view, "https://x/queue/m/requests/1", "rushes", null, new KeepRules());
        Assert.Equal((null, true), (status.EtaSeconds, status.Unavailable));
        Assert.NotNull(status.StatusMessages.Message);

        using var worker = capacity.Add(["t2v"], [Model]);
        Assert.Equal(TimeSpan.FromSeconds(30), View(1).Remaining);
    }

    [Fact]
    public void A_paused_lane_has_no_time()
    {
        using var worker = capacity.Add(["t2v"], [Model]);
        Queue(1, work: 30_000);
        backlog.Pause("t2v", true);
        Assert.Null(View(1).Remaining);
        backlog.Pause("t2v", false);
        Assert.NotNull(View(1).Remaining);
    }

    private JobView View(long id) => forecast.View(backlog.Find(id)!)!;

    private void Queue(long id, int work) => backlog.Apply([Changes.Job(id, work: work)]);

    private void Start(long id, int work)
    {
        var now = clock.GetUtcNow();
        backlog.Apply([Changes.Job(id, JobState.Running, work: work) with { StartedAt = now, At = now }]);
    }

    private void Report(long id, int done, int total, int after)
    {
        clock.Advance(TimeSpan.FromSeconds(after));
        backlog.Apply(
        [
            Changes.Job(id, JobState.Running) with
            {
                StartedAt = backlog.Find(id)!.Run!.StartedAt, At = clock.GetUtcNow(), Progress = new Progress(done, total),
            },
        ]);
    }
}
