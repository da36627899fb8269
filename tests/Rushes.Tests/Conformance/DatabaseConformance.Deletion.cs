using Rushes.Accounts;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Deleting a job, in any state.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task A_deleted_job_is_gone_with_everything_stored_about_it()
    {
        var id = await SubmitAsync(NewJob("t2v") with { WebhookUrl = "http://one/" });
        await Database.Leases.FinishAsync(id, (await ClaimAsync())!.Fence, new RunOutcome.Returned(), Cancel);
        await Database.Leases.FinishAsync(id, (await ClaimAsync())!.Fence, new RunOutcome.Done("key", 1), Cancel);
        var keyed = await SubmitAsync(Keyed("order-1"));
        var other = await SubmitAsync();

        Assert.Equal("key", (await Database.Jobs.DeleteAsync(id, Account, Cancel))!.ResultKey);
        Assert.Equal(keyed, (await Database.Jobs.DeleteAsync(keyed, Account, Cancel))!.Id);
        Assert.Null(await Database.Jobs.DeleteAsync(id, Account, Cancel));
        await ReopenAsync();

        Assert.Null(await Database.Jobs.FindAsync(id, Cancel));
        Assert.Empty((await TakeAsync()).Taken);
        Assert.Empty(await Database.Lists.ReadPastRunsAsync(id, Cancel));
        Assert.Null(await Database.Jobs.FindIdempotentAsync(Account, Key("order-1"), Cancel));
        Assert.Equal((1, other), (Backlog.Count, Backlog.Find(other)!.Id));
        Assert.True(await SubmitAsync(Keyed("order-1")) > other);
    }

    [Fact]
    public async Task A_job_of_another_account_cannot_be_deleted()
    {
        var bob = await Database.Accounts.EnsureAccountAsync("bob", Cancel);
        var id = await SubmitAsync();
        Assert.Null(await Database.Jobs.DeleteAsync(id, bob, Cancel));
        Assert.NotNull(await Database.Jobs.FindAsync(id, Cancel));
    }

    [Fact]
    public async Task A_job_that_has_not_ended_leaves_the_queue_and_releases_its_price_when_it_is_deleted()
    {
        await GiveAsync(10);
        var running = await SubmitAsync(NewJob("t2v") with { Price = 4, WebhookUrl = "http://one/" });
        var lease = await ClaimAsync();
        var queued = await SubmitAsync(NewJob("t2v") with { Price = 3 });

        await Database.Jobs.DeleteAsync(running, Account, Cancel);
        await Database.Jobs.DeleteAsync(queued, Account, Cancel);

        Assert.Equal(0, Backlog.Count);
        Assert.Equal(new Balance("USD", 10, 0), await Database.Ledger.ReadBalanceAsync(Account, Cancel));
        Assert.Equal(LeaseAnswer.Lost, await Database.Leases.RenewAsync(running, lease!.Fence, Later(60), default, Cancel));
        Assert.False(await Database.Leases.FinishAsync(running, lease.Fence, new RunOutcome.Done("late", 1), Cancel));
        Assert.Empty((await TakeAsync()).Taken);
        Assert.Null(await ClaimAsync());
    }
}
