using Rushes.Jobs;
using Xunit;
using static Rushes.Tests.Jobs.Changes;

namespace Rushes.Tests.Jobs;

public sealed class RunTimesTests
{
    private readonly RunTimes times = new();

    [Fact]
    public void Until_runs_were_seen_the_catalog_is_believed()
    {
        Assert.Equal(TimeSpan.FromSeconds(20), times.Estimate("m", "t2v", Render, 20_000).Whole);
        Assert.Equal(1, times.Factor("t2v"));
    }

    [Fact]
    public void Runs_of_the_same_kind_count_by_their_median()
    {
        foreach (var seconds in new[] { 300, 11, 10, 12, 9 }) Record("m", Render, seconds);
        Assert.Equal(TimeSpan.FromSeconds(11), times.Estimate("m", "t2v", Render, 20_000).Whole);
    }

    [Fact]
    public void Only_the_latest_runs_count()
    {
        for (var i = 0; i < 16; i++) Record("m", Render, 100);
        for (var i = 0; i < 16; i++) Record("m", Render, 7);
        Assert.Equal(TimeSpan.FromSeconds(7), times.Estimate("m", "t2v", Render, 20_000).Whole);
    }

    [Fact]
    public void Kinds_not_seen_are_corrected_by_how_their_lane_has_done()
    {
        Record("m", Render, 30);
        Record("m", Render, 50);

        Assert.Equal(2, times.Factor("t2v"));
        Assert.Equal(TimeSpan.FromSeconds(10), times.Estimate("m", "t2v", Render with { Frames = 33 }, 5_000).Whole);
        Assert.Equal(TimeSpan.FromSeconds(5), times.Estimate("m", "i2v", Render with { Frames = 33 }, 5_000).Whole);
    }

    [Fact]
    public void Only_completed_runs_teach()
    {
        times.Apply([Job(1, JobState.Failed), Job(2, JobState.Cancelled), Job(3, JobState.Running)]);
        Assert.Equal(1, times.Factor("t2v"));

        times.Apply([Job(4, JobState.Completed)]);
        Assert.Equal(30, times.Factor("t2v"));
        Assert.Equal(TimeSpan.FromSeconds(30), times.Estimate("wan22-fast-t2v", "t2v", Render, 1).Whole);
    }

    private void Record(string model, VideoFormat render, int seconds) =>
        times.Record(new FinishedRun(model, "t2v", render, 20_000, TimeSpan.FromSeconds(seconds)));
}
