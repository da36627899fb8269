using Rushes.Database;
using Rushes.Intake;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Lists of jobs, moving jobs to the front, and pausing lanes.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task Jobs_are_listed_newest_first_page_by_page()
    {
        var ids = new List<long>();
        for (var i = 0; i < 7; i++) ids.Insert(0, await SubmitAsync());

        var first = await Database.Lists.ReadJobsAsync(new JobFilter { Limit = 3 }, Cancel);
        Assert.Equal(ids[..3], first.Jobs.Select(job => job.Id));
        Assert.Equal("""{"prompt":"a fox"}""", first.Jobs[0].Input);
        Assert.Equal(ids, (await ListAsync(new JobFilter { Limit = 3 })).Select(job => job.Id));
        Assert.Equal(ids, (await ListAsync(new JobFilter { Limit = 3, Account = Account })).Select(job => job.Id));

        // One that comes while someone turns pages shifts none.
        var next = await SubmitAsync();
        Assert.Equal(
            ids[3..6],
            (await Database.Lists.ReadJobsAsync(new JobFilter { Limit = 3, Before = first.Next }, Cancel)).Jobs.Select(
                job => job.Id));
        Assert.Equal(next, (await Database.Lists.ReadJobsAsync(new JobFilter { Limit = 1 }, Cancel)).Jobs.Single().Id);
        Assert.Null((await Database.Lists.ReadJobsAsync(new JobFilter { Limit = 50 }, Cancel)).Next);
    }

    [Fact]
    public async Task Of_large_inputs_a_list_has_only_what_it_shows()
    {
        var large = new string('x', 500_000);
        var input = $$"""{"prompt":"a \ud800fox","data_uri":"s3://files/a.png","steps":4,"extra":"{{large}}","size":"late"}""";
        var prompt = $$"""{"extra":["{{new string('y', 20_000)}}"],"prompt":"{{new string('é', 6_000)}}"}""";
        await SubmitAsync(NewJob("t2v") with { Input = prompt, Echo = large });
        await SubmitAsync(NewJob("t2v") with { Input = input, Echo = "{}" });

        foreach (var filter in new[] { new JobFilter(), new JobFilter { Account = Account } })
        {
            var jobs = await ListAsync(filter);
            Assert.Equal(
                ("a \ufffdfox", "s3://files/a.png", "{}"),
                (JobInput.Parse(jobs[0].Input).Prompt, JobInput.Parse(jobs[0].Input).Text("data_uri"), jobs[0].Echo));
            Assert.Equal(new string('é', 239) + "…", JobInput.Parse(jobs[1].Input).PromptStart);
            Assert.Null(jobs[1].Echo);
            Assert.All(jobs, job => Assert.InRange(job.Input.Length, 1, 50_000));
        }
    }

    [Fact]
    public async Task Jobs_are_found_by_words_of_their_prompts_a_limited_number_at_a_time()
    {
        var search = new PromptSearch(Database.Lists);
        var oldest = await SubmitAsync(NewJob("t2v") with { Input = """{"prompt":"A red Fox, at Zoë's"}""" });
        await Task.WhenAll(Enumerable.Range(0, PromptSearch.MaxJobs - 1).Select(_ => SubmitAsync()));
        var newest = await SubmitAsync(NewJob("t2v") with { Input = """{"prompt":"a FOX, in red"}""" });

        foreach (var filter in new[] { new JobFilter(), new JobFilter { Account = Account } })
        {
            var words = PromptSearch.WordsOf("  red fox ");
            var first = await search.FindAsync(filter, words, Cancel);
            Assert.Equal([newest], first.Jobs.Select(job => job.Id));
            var second = await search.FindAsync(filter with { Before = first.Next }, words, Cancel);
            Assert.Equal([oldest], second.Jobs.Select(job => job.Id));
            Assert.Null(second.Next);
            Assert.Equal(newest, (await search.FindAsync(filter with { Limit = 1 }, words, Cancel)).Next);
        }
        var others = await search.FindAsync(new JobFilter { Account = Account + 1 }, PromptSearch.WordsOf("fox"), Cancel);
        Assert.Empty(others.Jobs);
    }

    [Fact]
    public async Task Jobs_are_listed_from_the_oldest_on_too()
    {
        var ids = new List<long>();
        for (var i = 0; i < 5; i++) ids.Add(await SubmitAsync());
        await Database.Jobs.CancelAsync(ids[1], Account, false, Cancel);

        var oldest = new JobFilter { OldestFirst = true, Limit = 2 };
        Assert.Equal(ids, (await ListAsync(oldest)).Select(job => job.Id));
        Assert.Equal(ids, (await ListAsync(oldest with { Account = Account })).Select(job => job.Id));
        Assert.Equal(ids[3..], (await ListAsync(oldest with { Account = Account, After = ids[2] })).Select(job => job.Id));
        Assert.Empty(await ListAsync(oldest with { Account = Account, After = ids[4] }));
    }

    [Fact]
    public async Task Nothing_to_list_is_one_empty_page()
    {
        var page = await Database.Lists.ReadJobsAsync(new JobFilter(), Cancel);
        Assert.Empty(page.Jobs);
        Assert.Null(page.Next);
        Assert.Null((await Database.Lists.ReadJobsAsync(new JobFilter
            { Account = Account, From = Later(0), Until = Later(0) }, Cancel)).Next);
    }

    [Fact]
    public async Task A_list_takes_every_time_there_is()
    {
        var id = await SubmitAsync();
        Assert.Equal(
            [id],
            (await ListAsync(new JobFilter { From = DateTimeOffset.MinValue, Until = DateTimeOffset.MaxValue })).Select(
                job => job.Id));
        Assert.Empty(await ListAsync(new JobFilter { Until = DateTimeOffset.MinValue }));
        Assert.Empty(await ListAsync(new JobFilter { From = DateTimeOffset.MaxValue }));
    }

    [Fact]
    public async Task Jobs_are_filtered_by_account_state_model_and_time()
    {
        var bob = await Database.Accounts.EnsureAccountAsync("bob", Cancel);
        var done = await SubmitAsync();
        await Database.Leases.FinishAsync(done, (await ClaimAsync())!.Fence, new RunOutcome.Done("key", 1), Cancel);
        var failed = await SubmitAsync();
        await Database.Leases.FinishAsync(
            failed, (await ClaimAsync())!.Fence, new RunOutcome.Failed(new JobError("engine_failed", "No."), false), Cancel);
        var cancelled = await SubmitAsync();
        await Database.Jobs.CancelAsync(cancelled, Account, false, Cancel);
        Clock.Advance(TimeSpan.FromHours(1));
        var middle = Clock.GetUtcNow();
        var running = await SubmitAsync();
        await ClaimAsync();
        var again = await SubmitAsync();
        await Database.Leases.FinishAsync(again, (await ClaimAsync())!.Fence, new RunOutcome.Returned(), Cancel);
        Clock.Advance(TimeSpan.FromHours(1));
        var awaiting = await SubmitAsync(NewJob("t2v") with { Draft = JobDraft.Wanted, ApproveBy = Later(3600) });
        var waiting = await SubmitAsync("i2v");
        var bobs = await SubmitAsync(NewJob("t2v") with { Account = bob });

        await AssertListedAsync(new JobFilter(), bobs, waiting, awaiting, again, running, cancelled, failed, done);
        await AssertListedAsync(new JobFilter { Account = Account }, waiting, awaiting, again, running, cancelled, failed, done);
        await AssertListedAsync(new JobFilter { Account = bob }, bobs);
        foreach (int? account in new int?[] { null, Account })
        {
            var filter = new JobFilter { Account = account };
            await AssertListedAsync(filter with { States = [JobState.Failed] }, failed);
            await AssertListedAsync(filter with { States = [JobState.Completed, JobState.Cancelled] }, cancelled, done);
            await AssertListedAsync(filter with { States = [JobState.Running, JobState.Retry] }, again, running);
            await AssertListedAsync(filter with { States = [JobState.Awaiting] }, awaiting);
            await AssertListedAsync(filter with { Model = "wan22-fast-i2v" }, waiting);
            await AssertListedAsync(filter with { Until = middle }, cancelled, failed, done);
            await AssertListedAsync(filter with { From = middle, Until = middle.AddMinutes(1) }, again, running);
            await AssertListedAsync(filter with { From = middle, Model = "wan22-fast-t2v", States = [JobState.Retry] }, again);
            await AssertListedAsync(filter with { Before = failed }, done);
        }
    }

    [Fact]
    public async Task Runs_that_did_not_end_their_job_are_kept()
    {
        var id = await SubmitAsync();
        var began = Clock.GetUtcNow();
        await ClaimAsync();
        Clock.Advance(TimeSpan.FromSeconds(5));
        await Database.Leases.FinishAsync(id, 1, new RunOutcome.Failed(new JobError("engine_failed", "No."), true), Cancel);
        await ClaimAsync();
        await Database.Leases.FinishAsync(id, 2, new RunOutcome.Returned(), Cancel);
        await ClaimAsync();
        await Database.Leases.SweepAsync(Later(60), Cancel);
        await ClaimAsync();
        await Database.Leases.FinishAsync(id, 4, new RunOutcome.Done("key", 1), Cancel);
        await ReopenAsync();

        var runs = await Database.Lists.ReadPastRunsAsync(id, Cancel);
        Assert.Equal(new PastRun(1, "node/1", began, began.AddSeconds(5), new JobError("engine_failed", "No.")), runs[0]);
        Assert.Equal([(1L, "engine_failed"), (2, null), (3, "worker_lost")], runs.Select(run => (run.Fence, run.Error?.Code)));
        Assert.Empty(await Database.Lists.ReadPastRunsAsync(id + 1, Cancel));
    }

    [Fact]
    public async Task A_job_moved_to_the_front_is_leased_next_and_stays_there()
    {
        var premium = await SubmitAsync(tier: 9, priority: 7);
        var first = await SubmitAsync();
        var second = await SubmitAsync();
        Assert.Equal(MoveOutcome.Moved, await Database.Jobs.MoveToFrontAsync(first, "key 1", Cancel));
        Assert.Equal(MoveOutcome.First, await Database.Jobs.MoveToFrontAsync(first, "key 1", Cancel));
        Assert.Equal(MoveOutcome.Moved, await Database.Jobs.MoveToFrontAsync(second, "key 2", Cancel));
        var late = await SubmitAsync(tier: 9, priority: 100);

        Assert.Equal([0, 1, 2, 3], new[] { second, first, late, premium }.Select(id => Backlog.Find(id)!.Rank()!.Value.Jobs));
        await ReopenAsync();
        Assert.Equal([0, 1, 2, 3], new[] { second, first, late, premium }.Select(id => Backlog.Find(id)!.Rank()!.Value.Jobs));

        Assert.Equal(second, (await ClaimAsync())!.Job.Id);
        Assert.Equal(MoveOutcome.NotQueued, await Database.Jobs.MoveToFrontAsync(second, "key 1", Cancel));
        await Database.Leases.FinishAsync(second, 1, new RunOutcome.Returned(), Cancel);
        foreach (var expected in new[] { second, first, late, premium }) Assert.Equal(expected, (await ClaimAsync())!.Job.Id);
        Assert.Equal(MoveOutcome.Unknown, await Database.Jobs.MoveToFrontAsync(late + 1, "key 1", Cancel));

        var audit = await Database.Audit.ReadAuditAsync(0, Cancel).ToListAsync(Cancel);
        Assert.Equal(
            [("key 1", $"job {first}"), ("key 2", $"job {second}")],
            audit.Where(entry => entry.Action == "job moved to front").Select(entry => (entry.Actor, entry.Subject)));
    }

    [Fact]
    public async Task A_paused_lane_keeps_its_jobs_until_it_is_resumed()
    {
        var changes = new List<LanePause>();
        Database.Followers.AddLanes("test", changes.Add);
        var before = await SubmitAsync();
        var lease = await ClaimAsync();
        Assert.True(await Database.Lists.PauseLaneAsync(new LanePause("t2v", true), "key 1", Cancel));
        Assert.False(await Database.Lists.PauseLaneAsync(new LanePause("t2v", true), "key 1", Cancel));
        var waiting = await SubmitAsync();
        var other = await SubmitAsync("i2v");

        Assert.Null(await ClaimAsync());
        Assert.Null(await ClaimBoundedAsync());
        Assert.Equal(other, (await ClaimAsync("t2v", "i2v"))!.Job.Id);
        Assert.True(await Database.Leases.FinishAsync(before, lease!.Fence, new RunOutcome.Done("key", 1), Cancel));
        Assert.Equal([new LanePause("t2v", true)], changes);
        await ReopenAsync();
        Assert.Equal(["t2v"], await Database.Lists.ReadPausedLanesAsync(Cancel));
        Assert.Null(await ClaimAsync());

        Assert.True(await Database.Lists.PauseLaneAsync(new LanePause("t2v", false), "key 1", Cancel));
        Assert.Empty(await Database.Lists.ReadPausedLanesAsync(Cancel));
        Assert.Equal(waiting, (await ClaimAsync())!.Job.Id);
        var audit = await Database.Audit.ReadAuditAsync(0, Cancel).ToListAsync(Cancel);
        Assert.Equal(
            ["lane paused", "lane resumed"],
            audit.Select(entry => entry.Action).Where(action => action.StartsWith("lane", StringComparison.Ordinal)));
    }

    /// <summary>Reads all pages of two jobs each.</summary>
    private async Task AssertListedAsync(JobFilter filter, params long[] ids) =>
        Assert.Equal(ids, (await ListAsync(filter with { Limit = 2 })).Select(job => job.Id));

    private async Task<List<Job>> ListAsync(JobFilter filter)
    {
        var all = new List<Job>();
        while (true)
        {
            var page = await Database.Lists.ReadJobsAsync(filter, Cancel);
            Assert.True(page.Jobs.Count <= filter.Limit);
            all.AddRange(page.Jobs);
            if (page.Next is null) return all;
            filter = filter.OldestFirst ? filter with { After = page.Next } : filter with { Before = page.Next };
        }
    }
}
