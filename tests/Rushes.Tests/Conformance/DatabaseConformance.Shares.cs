using Rushes.Database;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>How accounts share workers: concurrency limits and turns.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task An_account_at_its_bound_waits_and_blocks_nobody()
    {
        var bob = await Database.Accounts.EnsureAccountAsync("bob", Cancel);
        var first = await SubmitAsync(tier: 9);
        var second = await SubmitAsync(tier: 9);
        var other = await SubmitAsync(NewJob("t2v") with { Account = bob });

        Assert.Equal(first, (await ClaimBoundedAsync())!.Job.Id);
        Assert.Equal(other, (await ClaimBoundedAsync())!.Job.Id);
        Assert.Null(await ClaimBoundedAsync());
        await Database.Leases.FinishAsync(first, 1, new RunOutcome.Done("key", 1), Cancel);
        Assert.Equal(second, (await ClaimBoundedAsync())!.Job.Id);
    }

    [Fact]
    public async Task The_bound_counts_what_runs_in_every_lane_and_after_every_way_a_run_ends()
    {
        var first = await SubmitAsync();
        await SubmitAsync("i2v");
        for (var fence = 1; fence <= 3; fence++)
        {
            Assert.Equal(first, (await ClaimBoundedAsync())!.Job.Id);
            Assert.Null(await ClaimBoundedAsync("i2v"));
            await ReopenAsync();
            Assert.Null(await ClaimBoundedAsync("i2v", "t2v"));
            if (fence == 1) await Database.Leases.FinishAsync(first, fence, new RunOutcome.Returned(), Cancel);
            else if (fence == 2) await Database.Leases.SweepAsync(Later(61), Cancel);
            else await Database.Leases.InterruptAsync("node/", Cancel);
        }

        await Database.Jobs.CancelAsync(first, Account, false, Cancel);
        Assert.NotNull(await ClaimBoundedAsync("i2v"));
    }

    [Fact]
    public async Task Many_claims_at_once_do_not_go_over_the_bound()
    {
        for (var i = 0; i < 20; i++) await SubmitAsync();
        var leases = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() =>
            Database.Leases.ClaimAsync(new ClaimRequest("node/1", ["t2v"], Later(60)) { MaxRunning = _ => 3 }, Cancel))));
        Assert.Equal(3, leases.Count(lease => lease is not null));
    }

    [Fact]
    public async Task Accounts_take_turns_by_weight()
    {
        var bob = await Database.Accounts.EnsureAccountAsync("bob", Cancel);
        for (var i = 0; i < 9; i++) await SubmitAsync(NewJob("t2v") with { Weight = 1 });
        for (var i = 0; i < 6; i++) await SubmitAsync(NewJob("t2v") with { Account = bob, Weight = 2 });

        var order = new List<int>();
        while (await ClaimAsync() is { } lease) order.Add(lease.Job.Account);
        foreach (var begun in new[] { 3, 6, 9 })
            Assert.InRange(order.Take(begun).Count(account => account == bob), begun * 2 / 3 - 1, begun * 2 / 3 + 1);
        Assert.All(order[9..], account => Assert.Equal(Account, account));
    }

    [Fact]
    public async Task Turns_go_on_after_a_restart_and_a_job_that_comes_back_keeps_its_own()
    {
        var bob = await Database.Accounts.EnsureAccountAsync("bob", Cancel);
        for (var i = 0; i < 8; i++) await SubmitAsync(NewJob("t2v") with { Weight = 1 });
        for (var i = 0; i < 4; i++) await ClaimAsync();
        var running = await ClaimAsync();
        await ReopenAsync();

        var late = await SubmitAsync(NewJob("t2v") with { Account = bob, Weight = 1 });
        await Database.Leases.FinishAsync(running!.Job.Id, running.Fence, new RunOutcome.Returned(), Cancel);
        Assert.Equal((0, 1), (Backlog.Find(running.Job.Id)!.Rank()!.Value.Jobs, Backlog.Find(late)!.Rank()!.Value.Jobs));
    }

    [Fact]
    public async Task Turns_begin_anew_when_nothing_waits_or_runs()
    {
        await SubmitAsync(NewJob("t2v") with { Weight = 1 });
        var lease = await ClaimAsync();
        await Database.Leases.SweepAsync(Later(0), Cancel);
        var second = await SubmitAsync(NewJob("t2v") with { Weight = 1 });
        Assert.True((await Database.Jobs.FindAsync(second, Cancel))!.Turn > lease!.Job.Turn);

        await Database.Leases.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done("key", 1), Cancel);
        await Database.Jobs.CancelAsync(second, Account, false, Cancel);
        await Database.Leases.SweepAsync(Later(0), Cancel);
        var third = await SubmitAsync(NewJob("t2v") with { Weight = 1 });
        Assert.Equal(lease.Job.Turn, (await Database.Jobs.FindAsync(third, Cancel))!.Turn);
    }

    [Fact]
    public async Task A_lane_that_fills_again_does_not_go_before_the_others()
    {
        var bob = await Database.Accounts.EnsureAccountAsync("bob", Cancel);
        for (var i = 0; i < 8; i++) await SubmitAsync(NewJob("t2v") with { Weight = 1 });
        for (var i = 0; i < 4; i++) await ClaimAsync("t2v", "i2v");
        for (var i = 0; i < 4; i++) await SubmitAsync(NewJob("i2v") with { Account = bob, Weight = 1 });

        var order = new List<int>();
        while (await ClaimAsync("t2v", "i2v") is { } lease) order.Add(lease.Job.Account);
        Assert.Equal([bob, Account, bob, Account, bob, Account, bob, Account], order);
    }

    [Fact]
    public async Task Without_fair_share_jobs_that_had_turns_go_first_come_first_served()
    {
        var heavy = await SubmitAsync(NewJob("t2v") with { Weight = 1 });
        var behind = await SubmitAsync(NewJob("t2v") with { Weight = 1 });
        var late = await SubmitAsync();
        await Database.Jobs.LevelTurnsAsync(Cancel);
        await ReopenAsync();
        foreach (var expected in new[] { heavy, behind, late }) Assert.Equal(expected, (await ClaimAsync())!.Job.Id);
    }

    [Fact]
    public async Task One_heavy_account_makes_a_light_one_wait_for_a_job_of_each_account_at_most()
    {
        const int lights = 9;
        await Task.WhenAll(Enumerable.Range(0, 10_000).Select(_ => SubmitAsync(NewJob("t2v") with { Weight = 1 })));
        var accounts = new List<int>();
        for (var i = 0; i < lights; i++) accounts.Add(await Database.Accounts.EnsureAccountAsync($"light {i}", Cancel));

        var waiting = new Dictionary<int, (long Job, int Claims)>();
        var claims = 0;
        var longest = 0;
        for (var done = 0; done < 200; done++)
        {
            // Each light account sends its next job as soon as the last was started.
            foreach (var account in accounts.Where(account => !waiting.ContainsKey(account)))
            {
                var job = await SubmitAsync(NewJob("t2v") with { Account = account, Weight = 1 });
                Assert.InRange(Backlog.Find(job)!.Rank()!.Value.Jobs, 0, lights + 1);
                waiting[account] = (job, claims);
            }

            var lease = await ClaimAsync();
            claims++;
            if (waiting.Remove(lease!.Job.Account, out var waited)) longest = Math.Max(longest, claims - waited.Claims);
            await Database.Leases.FinishAsync(lease.Job.Id, lease.Fence, new RunOutcome.Done("key", 1), Cancel);
        }

        Assert.InRange(longest, 1, lights + 2);
    }

    /// <summary>The tests' account may run one job at once, others any number.</summary>
    private Task<Lease?> ClaimBoundedAsync(params string[] lanes) => Database.Leases.ClaimAsync(
        new ClaimRequest(
            "node/1", lanes.Length == 0 ? ["t2v"] : lanes, Later(60)) { MaxRunning = account => account == Account ? 1 : null },
        Cancel);
}
