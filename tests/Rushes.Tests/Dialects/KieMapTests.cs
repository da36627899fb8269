using Rushes.Catalog;
using Rushes.Files.Local;
using Rushes.Jobs;
using Rushes.Server.Dialects.Kie;
using Rushes.Server.JobResponses;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Dialects;

public sealed class KieMapTests : IDisposable
{
    private static readonly DateTimeOffset Created = DateTimeOffset.FromUnixTimeMilliseconds(1_757_584_164_490);

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(JobState.Pending, "waiting", "queuing")]
    [InlineData(JobState.Retry, "waiting", "queuing")]
    [InlineData(JobState.Running, "waiting", "generating")]
    [InlineData(JobState.Completed, "success", "success")]
    [InlineData(JobState.Failed, "fail", "fail")]
    [InlineData(JobState.Cancelled, "fail", "fail")]
    public void There_are_three_states_or_five(JobState state, string three, string five)
    {
        Assert.Equal(three, Record(Job(state), new GatewayOptions()).State);
        Assert.Equal(five, Record(Job(state), new GatewayOptions { KieFiveStates = true }).State);
    }

    [Theory]
    [InlineData("unsafe_input", "451")]
    [InlineData("start_timeout", "408")]
    [InlineData("engine_failed", "501")]
    [InlineData("bad_output", "501")]
    [InlineData("interrupted", "500")]
    public void A_failure_has_a_code_and_its_reason(string code, string failCode)
    {
        var record = Record(Job(JobState.Failed) with { Error = new JobError(code, "Why.") }, new GatewayOptions());

        Assert.Equal((failCode, "Why.", null), (record.FailCode, record.FailMsg, record.ResultJson));
    }

    [Fact]
    public void Links_live_as_long_as_set_and_times_are_milliseconds()
    {
        var record = Record(Job(JobState.Completed), new GatewayOptions { ResultLinkHours = 3 });

        Assert.StartsWith(
            """{"resultUrls":["https://video.example.com/bucket/outputs/a1/1.mp4?""", record.ResultJson,
            StringComparison.Ordinal);
        Assert.Contains("X-Amz-Expires=10800&", record.ResultJson, StringComparison.Ordinal);
        Assert.Equal((1_757_584_164_490, 1_757_584_166_490, 2000), (record.CreateTime, record.CompleteTime, record.CostTime));
    }

    private KieRecord Record(Job job, GatewayOptions options)
    {
        var files = new LocalFileStore(folder.Path, "bucket", new byte[32], TimeProvider.System);
        var map = new KieMap(
            CatalogReader.Read(), new JobIds(new byte[32]), new ResultLinks(files, options), options.KieFiveStates);
        return map.Record(job, "https://video.example.com").Data!;
    }

    private static Job Job(JobState state) => new()
    {
        Id = 1, Account = 1, Model = "wan22-fast-t2v", Lane = "t2v", Tier = 0, Priority = 0, State = state, Input = "{}",
        Work = 1,
        Plan = new RenderPlan(new VideoFormat(832, 480, 80, 16), new VideoFormat(832, 480, 80, 16)),
        CreatedAt = Created, StartedAt = state.IsWaiting ? null : Created,
        EndedAt = state.IsFinished ? Created.AddSeconds(2) : null,
        ResultKey = state == JobState.Completed ? "outputs/a1/1.mp4" : null,
        Error = state == JobState.Failed ? new JobError("engine_failed", "It broke.") : null,
    };
}
