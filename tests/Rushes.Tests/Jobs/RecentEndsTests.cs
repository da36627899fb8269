using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Jobs;

/// <summary>The jobs that ended in the last hour.</summary>
public sealed class RecentEndsTests
{
    private readonly FakeClock clock = new();

    [Fact]
    public void Ends_are_counted_by_lane_and_summarized_by_model_for_an_hour()
    {
        var ends = new RecentEnds(clock);
        for (var seconds = 1; seconds <= 10; seconds++) ends.Apply([End("a", JobState.Completed, seconds)]);
        ends.Apply([End("b", JobState.Failed, 1), End("a", JobState.Cancelled, 1), End("a", JobState.Running, 1)]);
        Assert.Equal(new EndCounts(10, 1), ends.Of("lane"));
        Assert.Equal([new("a", 10, 0, 6, 10), new("b", 0, 1, null, null)], ends.ByModel());

        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Empty(ends.ByModel());
        Assert.Equal(new EndCounts(10, 1), ends.Of("lane"));
    }

    private JobChange End(string model, JobState state, int seconds) => new()
    {
        Id = 1, State = state, Account = 1, Model = model, Lane = "lane", Tier = 0, Priority = 0, Work = 0,
        StartedAt = clock.GetUtcNow() - TimeSpan.FromSeconds(seconds), At = clock.GetUtcNow(),
    };
}
