using Rushes.Accounts;
using Rushes.Database;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Idempotency keys and start deadlines of requests.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task A_repeated_request_is_the_first_job()
    {
        var first = await SubmitAsync(Keyed("order-1"));
        Assert.Equal(new SubmitOutcome.Replayed(first), await Database.Jobs.SubmitAsync(Keyed("order-1"), Cancel));
        Assert.Equal(new SubmitOutcome.Replayed(first), await Database.Jobs.FindIdempotentAsync(Account, Key("order-1"), Cancel));

        await ReopenAsync();
        Assert.Equal(new SubmitOutcome.Replayed(first), await Database.Jobs.SubmitAsync(Keyed("order-1"), Cancel));
        Assert.Equal(1, Backlog.Count);
    }

    [Fact]
    public async Task A_key_used_for_something_else_makes_nothing()
    {
        await SubmitAsync(Keyed("order-1"));
        Assert.IsType<SubmitOutcome.Mismatch>(await Database.Jobs.SubmitAsync(Keyed("order-1", body: 2), Cancel));
        Assert.IsType<SubmitOutcome.Mismatch>(await Database.Jobs.FindIdempotentAsync(Account, Key("order-1", body: 2), Cancel));
        Assert.Equal(1, Backlog.Count);
    }

    [Fact]
    public async Task Every_account_has_keys_of_its_own()
    {
        var bob = await Database.Accounts.EnsureAccountAsync("bob", Cancel);
        var first = await SubmitAsync(Keyed("order-1"));
        Assert.Null(await Database.Jobs.FindIdempotentAsync(bob, Key("order-1"), Cancel));
        Assert.NotEqual(first, await SubmitAsync(Keyed("order-1") with { Account = bob }));
    }

    [Fact]
    public async Task The_same_request_many_times_at_once_is_one_job()
    {
        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 50).Select(_ => Task.Run(() => Database.Jobs.SubmitAsync(Keyed("order-1"), Cancel))));
        var made = Assert.Single(outcomes.OfType<SubmitOutcome.Created>()).Id;
        Assert.All(outcomes.OfType<SubmitOutcome.Replayed>(), replay => Assert.Equal(made, replay.Id));
        Assert.Equal(50, outcomes.Count(outcome => outcome is not SubmitOutcome.Mismatch));
        Assert.Equal(1, Backlog.Count);
    }

    [Fact]
    public async Task A_request_that_failed_does_not_use_its_key_up()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => Database.Jobs.SubmitAsync(Keyed(new string('k', 256)), Cancel));
        Assert.Equal(0, Backlog.Count);
        await Assert.ThrowsAnyAsync<Exception>(() => Database.Jobs.SubmitAsync(Keyed("order-1") with { Work = -1 }, Cancel));
        await SubmitAsync(Keyed("order-1"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_is_new_again_after_a_day(bool pruned)
    {
        var first = await SubmitAsync(Keyed("order-1"));
        Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await Database.Retention.PruneAsync(OldKeys, Cancel));
        Assert.Equal(new SubmitOutcome.Replayed(first), await Database.Jobs.FindIdempotentAsync(Account, Key("order-1"), Cancel));

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        if (pruned) Assert.Equal(1, await Database.Retention.PruneAsync(OldKeys, Cancel));
        Assert.Null(await Database.Jobs.FindIdempotentAsync(Account, Key("order-1"), Cancel));
        var second = await SubmitAsync(Keyed("order-1", body: 2));
        Assert.Equal(new SubmitOutcome.Replayed(second), await Database.Jobs.SubmitAsync(Keyed("order-1", body: 2), Cancel));
    }

    [Fact]
    public async Task A_job_that_did_not_start_in_time_is_not_run_but_failed_by_the_sweep()
    {
        var late = await SubmitAsync(NewJob("t2v") with { StartBy = Later(10), Priority = 1 });
        var patient = await SubmitAsync();
        Clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(patient, (await ClaimAsync())!.Job.Id);
        Assert.Null(await ClaimAsync());
        Assert.Equal(1, await Database.Leases.SweepAsync(Clock.GetUtcNow(), Cancel));
        var job = await Database.Jobs.FindAsync(late, Cancel);
        Assert.Equal((JobState.Failed, "start_timeout", Clock.GetUtcNow()), (job!.State, job.Error!.Code, job.EndedAt));
        Assert.Null(Backlog.Find(late));
    }

    [Fact]
    public async Task A_job_that_started_in_time_may_be_tried_again_after_it()
    {
        var id = await SubmitAsync(NewJob("t2v") with { StartBy = Later(10) });
        Clock.Advance(TimeSpan.FromSeconds(9));
        var lease = await ClaimAsync();
        Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await Database.Leases.FinishAsync(id, lease!.Fence, new RunOutcome.Returned(), Cancel));

        Assert.Equal(0, await Database.Leases.SweepAsync(Clock.GetUtcNow(), Cancel));
        Assert.Equal(id, (await ClaimAsync())!.Job.Id);
    }

    [Fact]
    public async Task A_job_past_its_deadline_ends_in_any_state_with_its_price_released()
    {
        await GiveAsync(100);
        var job = NewJob("t2v") with { Deadline = Later(30), Price = 5, WebhookUrl = "https://example.com/hook" };
        var running = await SubmitAsync(job);
        var retried = await SubmitAsync(job);
        var lease = (await ClaimAsync())!;
        await Database.Leases.FinishAsync(retried, (await ClaimAsync())!.Fence, new RunOutcome.Returned(), Cancel);
        var pending = await SubmitAsync(job with { StartBy = Later(20) });
        var awaiting = await SubmitAsync(job with { ApproveBy = Later(20) });
        var patient = await SubmitAsync(job with { Deadline = Later(31) });
        Clock.Advance(TimeSpan.FromSeconds(30));

        // Never claimed late, and ended once although other times have passed too.
        Assert.Equal(patient, (await ClaimAsync())!.Job.Id);
        Assert.Null(await ClaimAsync());
        // No lease was lost, because no heartbeat could arrive.
        Assert.Equal(
            new MissedDeadlines(Leases: 0, Others: 4),
            await Database.Leases.SweepAsync(Clock.GetUtcNow(), DateTimeOffset.UnixEpoch, Cancel));
        foreach (var id in new[] { running, retried, pending, awaiting })
        {
            var ended = await Database.Jobs.FindAsync(id, Cancel);
            Assert.Equal((JobState.Failed, "deadline_exceeded"), (ended!.State, ended.Error!.Code));
            Assert.Single(await Database.Deliveries.ReadDeliveriesAsync(id, Account, Cancel));
        }
        Assert.Equal(new Balance("USD", 95, 5), await Database.Ledger.ReadBalanceAsync(Account, Cancel));
        Assert.Equal(LeaseAnswer.Lost, await Database.Leases.RenewAsync(running, lease.Fence, Later(60), default, Cancel));
        Assert.False(await Database.Leases.FinishAsync(running, lease.Fence, new RunOutcome.Done("late", 1), Cancel));
    }

    [Fact]
    public async Task How_long_a_key_counts_is_the_request_s_to_say()
    {
        var first = await SubmitAsync(Keyed("order-1"));
        Clock.Advance(TimeSpan.FromHours(30));
        Assert.Equal(
            new SubmitOutcome.Replayed(first),
            await Database.Jobs.FindIdempotentAsync(Account, Key("order-1") with { Life = TimeSpan.FromHours(48) }, Cancel));
    }

    private PruneRequest OldKeys => new(100) { Keys = Clock.GetUtcNow() - TimeSpan.FromHours(24) };

    private NewJob Keyed(string key, byte body = 1) => NewJob("t2v") with { Idempotency = Key(key, body) };

    private static IdempotencyKey Key(string key, byte body = 1) => new(key, [.. Enumerable.Repeat(body, 32)]);
}
