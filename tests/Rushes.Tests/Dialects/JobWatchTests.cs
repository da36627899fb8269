using System.Threading.Channels;
using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Files.Local;
using Rushes.Intake;
using Rushes.Jobs;
using Rushes.Server.JobResponses;
using Xunit;

namespace Rushes.Tests.Dialects;

/// <summary>Waiting for jobs costs nothing until they change.</summary>
public sealed class JobWatchTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly FakeClock clock = new();
    private readonly Backlog backlog = new(new Doorbell());
    private SqliteDatabase database = null!;
    private JobWatch watch = null!;
    private int account;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), clock);
        account = await database.Accounts.EnsureAccountAsync("alice", Cancel);
        var forecast = new Forecast(backlog, new RunTimes(), new Capacity(), clock);
        var desk = new JobDesk(
            database.Jobs, database.Lists, database.Deliveries, database.Audit,
            new LocalFileStore(folder["files"], "rushes", new byte[32], clock), backlog, forecast, new JobIds(new byte[32]));
        watch = new JobWatch(desk, backlog, clock);
        database.Followers.AddJobs("test", backlog.Apply);
        database.Followers.AddJobs("test", watch.Apply);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Thousands_of_watches_share_one_timer_and_all_see_the_end()
    {
        const int Many = 5000;
        var jobs = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => SubmitAsync()));
        var followers = jobs.Select(job => new Follower(watch, job, account)).ToArray();
        foreach (var follower in followers) Assert.Equal(JobState.Pending, (await follower.NextAsync())!.State);

        // The one after which those who had nothing to tell say so. Each begins to wait after it has shown the job.
        await Eventually.TrueAsync(() => clock.Timers > 0, Cancel);
        Assert.Equal(1, clock.Timers);

        await Task.WhenAll(jobs.Select(job => database.Jobs.CancelAsync(job, account, false, Cancel)));
        foreach (var follower in followers) Assert.Equal("cancelled", JobWatch.StageOf((await follower.LastAsync())!));
    }

    [Fact]
    public async Task A_place_in_the_queue_is_told_when_it_changes_and_at_most_once_a_second()
    {
        var ahead = new[] { await SubmitAsync(), await SubmitAsync(), await SubmitAsync() };
        var follower = new Follower(watch, await SubmitAsync(), account);
        Assert.Equal(3, await PositionOfAsync(follower));

        await database.Jobs.CancelAsync(ahead[0], account, false, Cancel);
        await database.Jobs.CancelAsync(ahead[1], account, false, Cancel);
        // The same timer, brought forward.
        Assert.Equal(1, clock.Timers);
        Assert.False(follower.HasNext);

        clock.Advance(JobWatch.MovesEvery);
        Assert.Equal(1, await PositionOfAsync(follower));
    }

    [Fact]
    public async Task What_happens_to_the_job_itself_is_told_at_once()
    {
        var follower = new Follower(watch, await SubmitAsync(), account);
        await follower.NextAsync();

        var lease = await database.Leases.ClaimAsync(
            new ClaimRequest("node/1", ["t2v"], clock.GetUtcNow().AddMinutes(1)), Cancel);
        Assert.Equal("running-0-0", JobWatch.StageOf((await follower.NextAsync())!));

        await database.Leases.RenewAsync(
            lease!.Job.Id, lease.Fence, clock.GetUtcNow().AddMinutes(1), new Progress(4, 24), Cancel);
        Assert.Equal("running-4-24", JobWatch.StageOf((await follower.NextAsync())!));

        await database.Leases.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done("outputs/a1/1.mp4", 1), Cancel);
        Assert.IsType<JobView.Completed>(await follower.LastAsync());
    }

    [Fact]
    public async Task A_watch_says_that_it_is_still_there()
    {
        var follower = new Follower(watch, await SubmitAsync(), account);
        await follower.NextAsync();
        // It begins to wait after it has shown the job.
        await Eventually.TrueAsync(() => clock.Timers > 0, Cancel);
        clock.Advance(JobWatch.QuietEvery);
        Assert.Null(await follower.NextAsync());
    }

    [Fact]
    public async Task What_was_seen_is_not_shown_again()
    {
        var job = await SubmitAsync();
        var follower = new Follower(watch, job, account, seen: "queued-0");
        await database.Jobs.CancelAsync(job, account, false, Cancel);
        Assert.Equal("cancelled", JobWatch.StageOf((await follower.NextAsync())!));
    }

    private static async Task<int> PositionOfAsync(Follower follower) =>
        Assert.IsType<JobView.Waiting>(await follower.NextAsync()).QueuePosition;

    private async Task<long> SubmitAsync()
    {
        var format = new VideoFormat(832, 480, 80, 16);
        var outcome = await database.Jobs.SubmitAsync(new NewJob
        {
            Account = account, Model = "wan22-fast-t2v", Lane = "t2v", Tier = 0, Priority = 0, Input = "{}",
            Plan = new RenderPlan(format, format), Work = 1000, CreatedAt = clock.GetUtcNow(),
        }, Cancel);
        return Assert.IsType<SubmitOutcome.Created>(outcome).Id;
    }

    /// <summary>Reads a watch as a stream would, into a queue.</summary>
    private sealed class Follower
    {
        private readonly Channel<JobView?> shown = Channel.CreateUnbounded<JobView?>();

        public Follower(JobWatch watch, long id, int account, string? seen = null) => _ = ReadAsync(watch, id, account, seen);

        public bool HasNext => shown.Reader.TryPeek(out _);

        public ValueTask<JobView?> NextAsync() => shown.Reader.ReadAsync(Cancel);

        /// <summary>What it showed before it ended.</summary>
        public async Task<JobView?> LastAsync()
        {
            JobView? last = null;
            await foreach (var job in shown.Reader.ReadAllAsync(Cancel)) last = job ?? last;
            return last;
        }

        private async Task ReadAsync(JobWatch watch, long id, int account, string? seen)
        {
            try
            {
                await foreach (var job in watch.FollowAsync(id, account, seen, Cancel)) shown.Writer.TryWrite(job);
                shown.Writer.Complete();
            }
            catch (Exception error)
            {
                shown.Writer.Complete(error);
            }
        }
    }
}
