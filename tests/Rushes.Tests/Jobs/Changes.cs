using Rushes.Jobs;

namespace Rushes.Tests.Jobs;

/// <summary>Changes as databases publish them.</summary>
internal static class Changes
{
    public static readonly VideoFormat Render = new(832, 480, 81, 16);

    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static JobChange Job(
        long id, JobState state = JobState.Pending, string lane = "t2v", int priority = 0, int work = 1000) =>
        new()
    {
        Id = id,
        State = state,
        Account = 1,
        Model = $"wan22-fast-{lane}",
        Lane = lane,
        Tier = 1,
        Priority = priority,
        Work = work,
        Render = Render,
        Worker = state == JobState.Running ? "node/1" : null,
        StartedAt = Start,
        At = Start.AddSeconds(30),
    };
}
