using Rushes.Database;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>
/// What every database promises; one subclass for each. How runs end and random histories are in files of their own.
/// </summary>
public abstract partial class DatabaseConformance : IAsyncLifetime
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private static readonly VideoFormat Render = new(832, 480, 81, 16);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected FakeClock Clock { get; } = new();

    /// <summary>The database under test, which contains only <see cref="Account"/>.</summary>
    protected IDatabase Database { get; private set; } = null!;

    /// <summary>Follows <see cref="Database"/>.</summary>
    protected Backlog Backlog { get; private set; } = null!;

    protected int Account { get; private set; }

    /// <summary>Opens a store by name. It is empty the first time and keeps its content.</summary>
    protected abstract Task<IDatabase> OpenAsync(string store, RetryPolicy retries, TimeProvider time);

    public async ValueTask InitializeAsync()
    {
        await OpenMainAsync();
        Account = await Database.Accounts.EnsureAccountAsync("alice", Cancel);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_submitted_job_is_found_as_it_was_given()
    {
        var given = NewJob("t2v") with
        {
            Tier = 2, Priority = -5, Binary = true, Input = """{"prompt":"a “fox” 🦊"}""",
            Dialect = "kie", Echo = """{"model":"x"}""", WebhookUrl = "https://example.com/hook", StartBy = Later(90),
            Deadline = Later(120), WebhookEvents = WebhookEvents.Start | WebhookEvents.Progress,
            Draft = JobDraft.Wanted, Trace = Trace,
        };
        var id = await SubmitAsync(given);

        var job = await Database.Jobs.FindAsync(id, Cancel);
        Assert.EquivalentWithExclusions(
            given, job!, nameof(given.Idempotency), nameof(given.Weight), nameof(given.MaxStoredBytes),
            nameof(given.QueueLimit), nameof(given.StoredBytes));
        Assert.Equal(given.Plan, job!.Plan);
        // Responses to a create are made without reading the job again.
        Assert.Equal(new Job(id, given) with { Turn = job.Turn }, job);
        Assert.Equal(JobState.Pending, job.State);
        Assert.Equal(0, job.Fence);
        Assert.Null(job.StartedAt);
        Assert.Null(await Database.Jobs.FindAsync(id + 1, Cancel));
    }

    [Fact]
    public async Task Where_a_job_is_traced_goes_with_it_from_hand_to_hand()
    {
        var plain = await SubmitAsync();
        var traced = await SubmitAsync(NewJob("t2v") with { Trace = Trace });
        Assert.Null((await ClaimAsync())!.Job.Trace);
        await ReopenAsync();
        var lease = await ClaimAsync();
        Assert.Equal((traced, Trace), (lease!.Job.Id, lease.Job.Trace));
        await Database.Leases.FinishAsync(traced, lease.Fence, new RunOutcome.Returned(), Cancel);
        Assert.Equal(Trace, (await ClaimAsync())!.Job.Trace);
        Assert.Equal(
            (null, Trace),
            ((await Database.Jobs.FindAsync(plain, Cancel))!.Trace, (await Database.Jobs.FindAsync(traced, Cancel))!.Trace));
        await Assert.ThrowsAnyAsync<Exception>(() => Database.Jobs.SubmitAsync(NewJob("t2v") with { Trace = "00-1" }, Cancel));
    }

    [Fact]
    public async Task Ids_grow()
    {
        var first = await SubmitAsync();
        Assert.True(await SubmitAsync() > first);
    }

    [Fact]
    public async Task A_follower_that_throws_is_logged_and_fails_no_write()
    {
        var log = new LogLines();
        var later = new List<long>();
        Database.LogTo(log);
        using var broken = Database.Followers.Add("broken", _ => throw new InvalidOperationException("a bug"));
        using var following = Database.Followers.AddJobs("later", changes => later.AddRange(changes.Select(change => change.Id)));

        var id = await SubmitAsync();
        Assert.Equal([id], later);
        Assert.NotNull(await Database.Jobs.FindAsync(id, Cancel));
        Assert.Contains(log, line => line.StartsWith("FollowerFailed broken:", StringComparison.Ordinal));

        following.Dispose();
        await SubmitAsync();
        Assert.Equal([id], later);
    }

    [Fact]
    public async Task Every_commit_is_told_before_its_caller_is_answered()
    {
        var id = await SubmitAsync();
        Assert.Equal(JobState.Pending, Backlog.Find(id)!.State);
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_reopening()
    {
        var queued = await SubmitAsync();
        var lease = await ClaimAsync();
        var waiting = await SubmitAsync();
        await ReopenAsync();

        Assert.Equal(queued, lease!.Job.Id);
        Assert.Equal(JobState.Running, (await Database.Jobs.FindAsync(queued, Cancel))!.State);
        Assert.Equal(JobState.Running, Backlog.Find(queued)!.State);
        Assert.Equal("node/1", Backlog.Find(queued)!.Run!.Worker);
        Assert.Equal(Render, Backlog.Find(waiting)!.Render);
        Assert.True(await SubmitAsync() > waiting);
    }

    [Fact]
    public async Task Claims_go_by_tier_then_priority_then_age_over_all_lanes_asked()
    {
        var plain = await SubmitAsync("t2v");
        var urgent = await SubmitAsync("i2v", priority: 5);
        var later = await SubmitAsync("t2v", priority: 5);
        var premium = await SubmitAsync("i2v", tier: 3, priority: -100);
        await SubmitAsync("foley", tier: 9);

        foreach (var expected in new[] { premium, urgent, later, plain })
            Assert.Equal(expected, (await ClaimAsync("t2v", "i2v"))!.Job.Id);
        Assert.Null(await ClaimAsync("t2v", "i2v"));
    }

    [Fact]
    public async Task A_claim_starts_a_run_with_a_new_fence()
    {
        var id = await SubmitAsync();
        var first = await ClaimAsync();
        await Database.Leases.RenewAsync(id, first!.Fence, Later(60), new Progress(2, 4), Cancel);
        await Database.Leases.FinishAsync(id, first.Fence, new RunOutcome.Returned(), Cancel);
        Clock.Advance(TimeSpan.FromSeconds(9));
        var second = await ClaimAsync();

        Assert.Equal(1, first.Fence);
        Assert.Equal(2, second!.Fence);
        Assert.Equal(Clock.GetUtcNow(), second.Job.StartedAt);
        Assert.Equal("node/1", second.Job.Worker);
        Assert.Equal(default, Backlog.Find(id)!.Run!.Progress);
    }

    [Fact]
    public async Task A_heartbeat_holds_the_lease_and_tells_progress()
    {
        var id = await SubmitAsync();
        var lease = await ClaimAsync();

        Assert.Equal(
            LeaseAnswer.Held, await Database.Leases.RenewAsync(id, lease!.Fence, Later(300), new Progress(3, 24), Cancel));
        Assert.Equal(new Progress(3, 24), Backlog.Find(id)!.Run!.Progress);
        Assert.Equal(0, await Database.Leases.SweepAsync(Later(299), Cancel));
        Assert.Equal(LeaseAnswer.Lost, await Database.Leases.RenewAsync(id, lease.Fence + 1, Later(300), default, Cancel));
    }

    [Fact]
    public async Task Many_writers_at_once_lose_and_double_nothing()
    {
        var published = new List<long>();
        Database.Followers.AddJobs("test", changes => published.AddRange(changes.Select(change => change.Id)));

        var ids = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var i = 0; i < 20; i++) mine.Add(await SubmitAsync());
            return mine;
        })));

        var all = ids.SelectMany(each => each).Order().ToList();
        Assert.Equal(64 * 20, all.Distinct().Count());
        Assert.Equal(all, published);
        Assert.Equal(all.Count, Backlog.Counts("t2v").Queued);

        var leases = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => ClaimAsync("t2v"))));
        Assert.Equal(all.Take(64), leases.Select(lease => lease!.Job.Id).Order());
    }

    [Fact]
    public async Task A_write_that_fails_fails_alone()
    {
        var writes = Enumerable.Range(0, 90)
            .Select(i => Database.Jobs.SubmitAsync(NewJob("t2v") with { Account = i % 3 == 1 ? Account + 99 : Account }, Cancel))
            .ToArray();
        await Task.WhenAll(writes).ContinueWith(_ => { }, Cancel, TaskContinuationOptions.None, TaskScheduler.Default);

        for (var i = 0; i < writes.Length; i++) Assert.Equal(i % 3 == 1, writes[i].IsFaulted);
        Assert.Equal(60, Backlog.Counts("t2v").Queued);
        await ReopenAsync();
        Assert.Equal(60, Backlog.Counts("t2v").Queued);
    }

    [Fact]
    public async Task A_write_cancelled_before_it_began_changes_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Database.Jobs.SubmitAsync(NewJob("t2v"), new CancellationToken(true)));
        Assert.Null(await ClaimAsync());
    }

    [Fact]
    public async Task Recent_runs_are_the_completed_ones_newest_first()
    {
        foreach (var seconds in new[] { 10, 20, 30 })
        {
            var id = await SubmitAsync();
            var lease = await ClaimAsync();
            Clock.Advance(TimeSpan.FromSeconds(seconds));
            RunOutcome outcome = seconds == 20
                ? new RunOutcome.Failed(new JobError("engine_failed", "Broke."), false)
                : new RunOutcome.Done("key", 1);
            await Database.Leases.FinishAsync(id, lease!.Fence, outcome, Cancel);
        }

        var runs = await Database.Lists.ReadRecentRunsAsync(10, Cancel);
        Assert.Equal([TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10)], runs.Select(run => run.Took));
        Assert.Equal(new FinishedRun("wan22-fast-t2v", "t2v", Render, 1000, TimeSpan.FromSeconds(30)), runs[0]);
        Assert.Single(await Database.Lists.ReadRecentRunsAsync(1, Cancel));
    }

    [Fact]
    public async Task Accounts_and_secrets_are_made_once()
    {
        Assert.Equal(Account, await Database.Accounts.EnsureAccountAsync("alice", Cancel));
        Assert.NotEqual(Account, await Database.Accounts.EnsureAccountAsync("bob", Cancel));

        var secret = await Database.Keys.SecretAsync("links", 32, Cancel);
        await ReopenAsync();

        Assert.Equal(32, secret.Length);
        Assert.Equal(secret, await Database.Keys.SecretAsync("links", 32, Cancel));
        Assert.NotEqual(secret, await Database.Keys.SecretAsync("webhooks", 32, Cancel));
    }

    protected NewJob NewJob(string lane) => NewJob(Account, lane, Clock.GetUtcNow());

    internal static NewJob NewJob(int account, string lane, DateTimeOffset now) => new()
    {
        Account = account,
        Model = $"wan22-fast-{lane}",
        Lane = lane,
        Tier = 1,
        Priority = 0,
        Input = """{"prompt":"a fox"}""",
        Plan = new RenderPlan(Render, Render with { Frames = 161, Rate = 32 }, 23, "fast"),
        Work = 1000,
        CreatedAt = now,
    };

    protected DateTimeOffset Later(int seconds) => Clock.GetUtcNow().AddSeconds(seconds);

    protected Task<long> SubmitAsync(string lane = "t2v", int tier = 1, int priority = 0) =>
        SubmitAsync(NewJob(lane) with { Tier = tier, Priority = priority });

    protected async Task<long> SubmitAsync(NewJob job) =>
        Assert.IsType<SubmitOutcome.Created>(await Database.Jobs.SubmitAsync(job, Cancel)).Id;

    protected Task<Lease?> ClaimAsync(params string[] lanes) =>
        Database.Leases.ClaimAsync(new ClaimRequest("node/1", lanes.Length == 0 ? ["t2v"] : lanes, Later(60)), Cancel);

    protected async Task ReopenAsync()
    {
        await Database.DisposeAsync();
        await OpenMainAsync();
    }

    private async Task OpenMainAsync()
    {
        Database = await OpenAsync("main", new RetryPolicy(), Clock);
        Backlog = await FollowAsync(Database);
    }

    private static async Task<Backlog> FollowAsync(IDatabase database, ConcurrencyLimits? limits = null)
    {
        var backlog = new Backlog(new Doorbell(), limits);
        await backlog.LoadAsync(database.Jobs.ReadLiveAsync(Cancel), Cancel);
        database.Followers.AddJobs("test", backlog.Apply);
        await database.FollowAsync(Cancel);
        return backlog;
    }
}
