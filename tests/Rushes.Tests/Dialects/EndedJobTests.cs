using Rushes.Files.Local;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Retention;
using Rushes.Server.Dialects.OpenAi;
using Rushes.Server.Dialects.OpenRouter;
using Rushes.Server.Dialects.Queue;
using Rushes.Server.JobResponses;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>What the APIs say of a job that ended: until when its video is kept, and what it cost.</summary>
public sealed class EndedJobTests : IDisposable
{
    private static readonly DateTimeOffset Created = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DateTimeOffset Ended = Created.AddHours(20);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(3, 30, 3)]
    [InlineData(30, 3, 3)]
    [InlineData(3, null, 3)]
    [InlineData(null, 3, 3)]
    [InlineData(null, null, null)]
    public void A_video_is_kept_from_the_end_of_its_job_as_long_as_both_settings_allow(int? outputs, int? jobs, int? days)
    {
        var keep = new KeepRules { Outputs = Days(outputs), Jobs = Days(jobs) };
        var expiry = Ended + Days(days);
        Assert.Equal(expiry, keep.ExpiryOf(Ended));
        var openAi = new OpenAiMap(new JobIds(new byte[32]), Links(), keep);
        foreach (var (state, expected) in new[] { (JobState.Completed, expiry), (JobState.Failed, null) })
        {
            var job = Job(state);
            var view = JobView.Of(job);
            var video = openAi.Video(new ShownJob(job, view), "https://video.example.com");
            Assert.Equal(expected?.ToUnixTimeSeconds(), video.ExpiresAt);
            Assert.Equal(
                expected, QueueMap.Status(view, "https://video.example.com/queue/m/requests/1", "bucket", null, keep).ExpiresAt);
        }
    }

    [Theory]
    [InlineData(JobState.Completed, 0.75)]
    [InlineData(JobState.Failed, 0)]
    [InlineData(JobState.Cancelled, 0)]
    public void Only_a_completed_video_has_a_cost(JobState state, double cost)
    {
        var video = new OpenRouterMap(new JobIds(new byte[32]), Links()).Video(
            JobView.Of(Job(state)), "https://video.example.com");
        Assert.Equal((decimal)cost, video.Usage!.Cost);
    }

    private static TimeSpan? Days(int? days) => days is { } set ? TimeSpan.FromDays(set) : null;

    private ResultLinks Links() =>
        new(new LocalFileStore(folder.Path, "bucket", new byte[32], TimeProvider.System), new GatewayOptions());

    private static Job Job(JobState state) => new()
    {
        Id = 1, Account = 1, Model = "wan22-fast-t2v", Lane = "t2v", Tier = 0, Priority = 0, State = state, Input = "{}",
        Work = 1, Price = 750_000,
        Plan = new RenderPlan(new VideoFormat(832, 480, 80, 16), new VideoFormat(832, 480, 80, 16)),
        CreatedAt = Created, StartedAt = Ended.AddMinutes(-1), EndedAt = Ended,
        ResultKey = state == JobState.Completed ? "outputs/a1/1.mp4" : null,
        Error = state == JobState.Failed ? new JobError("engine_failed", "It broke.") : null,
    };
}
