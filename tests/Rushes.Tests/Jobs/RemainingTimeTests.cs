using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Jobs;

/// <summary>The remaining time of a running job follows its progress, not only what was expected.</summary>
public sealed class RemainingTimeTests
{
    private static readonly DateTimeOffset Start = Changes.Start;

    /// <summary>
    /// Milliseconds of the sampler's steps and of the end of real runs of ComfyUI; the decoder follows the steps.
    /// </summary>
    public static TheoryData<string, int[], int> RecordedRuns => new()
    {
        {
            "text to video",
            [
                1314, 2296, 3495, 4377, 5902, 7181, 8082, 8815, 9530, 10526, 11350, 12218, 13494, 14181, 15013, 15826, 16478,
                17085, 17935, 18748,
            ],
            22778
        },
        {
            "two pictures to video, with the first load of the weights",
            [
                3963, 4348, 4696, 5099, 5511, 5859, 6253, 6617, 6959, 7368, 7767, 8158, 8548, 8900, 9305, 9672, 10077, 10569,
                10956, 11279,
            ],
            12174
        },
        {
            "picture to video, a third of it decoding",
            [
                610, 949, 1491, 2021, 2453, 3078, 3671, 4132, 4598, 5082, 5550, 5965, 6438, 6882, 7516, 8339, 8849, 9514, 10225,
                11094,
            ],
            16674
        },
    };

    [Theory]
    [MemberData(nameof(RecordedRuns))]
    public void Half_way_through_a_recorded_run_the_error_is_below_a_quarter(string _, int[] steps, int end)
    {
        var run = Run(steps, steps.Length / 2);
        var now = Start.AddMilliseconds(steps[(steps.Length / 2) - 1]);
        var left = Start.AddMilliseconds(end) - now;

        // After runs of the same kind whose median is 5 % less or more.
        foreach (var factor in new[] { 0.95, 1.05 })
            Assert.InRange(RemainingTime.Of(new(TimeSpan.FromMilliseconds(end * factor), true), run, now)!.Value / left, 0.75,
                1.25);

        // After none, with a catalog's figure that is far off. What follows the steps is not known then.
        var known = Start.AddMilliseconds(steps[^1]) - now;
        foreach (var factor in new[] { 0.1, 0.5, 1, 2, 10 })
            Assert.InRange(RemainingTime.Of(new(TimeSpan.FromMilliseconds(end * factor), false), run, now)!.Value / known, 0.75,
                1.25);
    }

    [Fact]
    public void The_remaining_time_of_a_steady_run_only_falls_once_its_pace_is_known_and_ends_at_zero()
    {
        var random = new Random(20261130);
        for (var i = 0; i < 2000; i++)
        {
            var (count, step) = (random.Next(3, 120), random.Next(20, 60_000));
            var load = random.Next(3) == 0 ? random.Next(120_000) : 0;
            var expected = TimeSpan.FromMilliseconds((load + count * step) * Math.Pow(10, random.NextDouble() * 2 - 1));
            var steps = Enumerable.Range(1, count).Select(n => load + n * step).ToArray();
            var before = TimeSpan.FromDays(1000);
            for (var at = steps[1]; at <= steps[^1]; at += Math.Max(1, step / 3))
            {
                var now = Start.AddMilliseconds(at);
                var left = RemainingTime.Of(new(expected, false), Run(steps, steps.Count(each => each <= at)), now)!.Value;
                Assert.True(left <= before + TimeSpan.FromMilliseconds(1), $"{before} grew to {left} at {at} of {steps[^1]}");
                before = left;
            }

            Assert.Equal(TimeSpan.Zero,
                RemainingTime.Of(new(expected, false), Run(steps, count), Start.AddMilliseconds(steps[^1])));
        }
    }

    [Fact]
    public void A_late_step_is_waited_for_and_the_estimate_does_not_run_out()
    {
        var run = Run([10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 70_000, 80_000], 4);
        var hour = Start.AddHours(1);
        Assert.Equal(TimeSpan.FromSeconds(30), RemainingTime.Of(new(TimeSpan.FromSeconds(80), false), run, hour));
    }

    [Fact]
    public void Without_progress_the_expected_time_counts_down_and_nothing_is_promised_after_it()
    {
        var run = Run([], 0);
        var expected = new ExpectedTime(TimeSpan.FromSeconds(30), IsLearned: false);
        Assert.Equal(TimeSpan.FromSeconds(20), RemainingTime.Of(expected, run, Start.AddSeconds(10)));
        Assert.Null(RemainingTime.Of(expected, run, Start.AddSeconds(30)));
        Assert.Null(RemainingTime.Of(expected, run, Start.AddSeconds(31)));
    }

    [Fact]
    public void Another_stage_or_another_run_starts_its_pace_again_and_a_loaded_job_has_none_yet()
    {
        var first = Run([1000, 2000, 3000, 4000], 3);
        Assert.Equal(TimeSpan.FromSeconds(4), first.Pace.Whole);
        Assert.Null(LiveRun.Of(Change(1, 4, 5000), first).Pace.Whole);
        Assert.Null(LiveRun.Of(Change(4, 4, 5000) with { StartedAt = Start.AddSeconds(4) }, first).Pace.Whole);

        var loaded = LiveRun.Of(Change(2, 4, 0) with { At = Start.AddMinutes(-5) }, null);
        Assert.Equal(default, loaded.Pace);
        Assert.Equal(2, loaded.Progress.Done);
    }

    /// <summary>A run after some of its steps, each at a number of milliseconds since its start.</summary>
    private static LiveRun Run(int[] steps, int done)
    {
        var run = LiveRun.Of(Change(0, steps.Length, 0), null);
        for (var i = 0; i < done; i++) run = LiveRun.Of(Change(i + 1, steps.Length, steps[i]), run);
        return run;
    }

    private static JobChange Change(int done, int total, int at) => Changes.Job(1, JobState.Running) with
    {
        Progress = new Progress(done, total), At = Start.AddMilliseconds(at),
    };
}
