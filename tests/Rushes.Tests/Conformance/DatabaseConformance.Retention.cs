using Rushes.Accounts;
using Rushes.Database;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Old rows are deleted in batches, with everything that refers to them; ledger entries are kept.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task Jobs_that_ended_long_ago_go_and_others_stay()
    {
        var waiting = await SubmitAsync("i2v");
        var old = new List<long>();
        for (var i = 0; i < 5; i++) old.Add(await EndedAsync());
        var cancelled = await SubmitAsync(Keyed("order-1"));
        await Database.Jobs.CancelAsync(cancelled, Account, false, Cancel);
        Clock.Advance(TimeSpan.FromDays(2));
        var young = await EndedAsync();
        var request = new PruneRequest(4) { Jobs = Later(-3600) };

        Assert.Equal(4, await Database.Retention.PruneAsync(request, Cancel));
        Assert.Equal(2, await Database.Retention.PruneAsync(request, Cancel));
        Assert.Equal(0, await Database.Retention.PruneAsync(request, Cancel));
        await ReopenAsync();

        foreach (var deleted in old.Append(cancelled)) Assert.Null(await Database.Jobs.FindAsync(deleted, Cancel));
        foreach (var stays in new[] { waiting, young }) Assert.NotNull(await Database.Jobs.FindAsync(stays, Cancel));
        Assert.Null(await Database.Jobs.FindIdempotentAsync(Account, Key("order-1"), Cancel));
        Assert.Equal(1, Backlog.Count);
        Assert.Single(await Database.Lists.ReadRecentRunsAsync(10, Cancel));
        Assert.True(await SubmitAsync() > young);
    }

    [Fact]
    public async Task The_number_of_a_job_that_is_gone_is_never_given_again()
    {
        var id = await EndedAsync();
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await Database.Retention.PruneAsync(new PruneRequest(10) { Jobs = Clock.GetUtcNow() }, Cancel));
        await ReopenAsync();
        Assert.True(await SubmitAsync() > id);
    }

    [Fact]
    public async Task The_ledger_outlives_its_jobs()
    {
        await GiveAsync(10);
        var id = await SubmitAsync(NewJob("t2v") with { Price = 4 });
        await Database.Leases.FinishAsync(id, (await ClaimAsync())!.Fence, new RunOutcome.Done("key", 1), Cancel);
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await Database.Retention.PruneAsync(new PruneRequest(10) { Jobs = Clock.GetUtcNow() }, Cancel));

        Assert.Equal(new Balance("USD", 6, 0), await Database.Ledger.ReadBalanceAsync(Account, Cancel));
        var entries = new List<LedgerEntry>();
        await foreach (var entry in Database.Ledger.ReadStatementAsync(
            Account, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Cancel)) entries.Add(entry);
        Assert.Equal([null, id, id], entries.Select(entry => entry.Job));
        Assert.Equal(0, (await Database.Ledger.ReadBalancesAsync(Cancel)).Sum(book => book.Amount));
    }

    [Fact]
    public async Task A_job_stays_until_its_callback_ended()
    {
        var id = await EndedAsync("http://one/");
        Clock.Advance(TimeSpan.FromDays(1));
        var request = new PruneRequest(10) { Jobs = Clock.GetUtcNow(), Deliveries = Clock.GetUtcNow() };
        Assert.Equal(0, await Database.Retention.PruneAsync(request, Cancel));

        var delivery = Assert.Single((await TakeAsync()).Taken);
        await Database.Deliveries.RecordTryAsync(
            delivery.Id, new DeliveryTry(1, Clock.GetUtcNow(), 200, 5, null, null), DeliveryState.Delivered, null, Cancel);
        Assert.True(await Database.Retention.PruneAsync(new PruneRequest(10) { Jobs = Clock.GetUtcNow() }, Cancel) > 0);
        Assert.Null(await Database.Jobs.FindAsync(id, Cancel));
        Assert.False(await Database.Deliveries.RedeliverAsync(delivery.Id, Account, Cancel));
    }

    [Fact]
    public async Task Deliveries_go_with_their_tries_and_their_jobs_stay()
    {
        var id = await EndedAsync("http://one/");
        var delivery = Assert.Single((await TakeAsync()).Taken);
        await Database.Deliveries.RecordTryAsync(
            delivery.Id, new DeliveryTry(1, Clock.GetUtcNow(), 200, 5, null, null), DeliveryState.Delivered, null, Cancel);
        Assert.Equal(0, await Database.Retention.PruneAsync(new PruneRequest(10) { Deliveries = Later(-1) }, Cancel));
        Assert.Equal(1, await Database.Retention.PruneAsync(new PruneRequest(10) { Deliveries = Clock.GetUtcNow() }, Cancel));

        Assert.Empty(await Database.Deliveries.ReadDeliveriesAsync(id, Account, Cancel));
        Assert.NotNull(await Database.Jobs.FindAsync(id, Cancel));
    }

    [Fact]
    public async Task A_duty_is_given_once_until_its_time_is_over()
    {
        var given = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Task.Run(() => Database.Retention.TakeDutyAsync("prune", Later(60), Cancel))));
        Assert.Single(given, yes => yes);
        Assert.True(await Database.Retention.TakeDutyAsync("another", Later(60), Cancel));
        await ReopenAsync();
        Assert.False(await Database.Retention.TakeDutyAsync("prune", Later(60), Cancel));

        Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await Database.Retention.TakeDutyAsync("prune", Later(60), Cancel));
    }

    [Fact]
    public async Task A_duty_that_was_taken_by_a_clock_that_was_ahead_is_given_again()
    {
        Assert.True(await Database.Retention.TakeDutyAsync("prune", Clock.GetUtcNow().AddYears(1), Cancel));
        Assert.True(await Database.Retention.TakeDutyAsync("prune", Later(60), Cancel));
        Assert.False(await Database.Retention.TakeDutyAsync("prune", Later(60), Cancel));
    }

    [Fact]
    public async Task The_files_of_jobs_are_found_by_number_and_by_set()
    {
        var set = new string('a', 32);
        var live = await SubmitAsync(NewJob("t2v") with { InputSet = set, Draft = JobDraft.Wanted });
        await Database.Drafts.TakeDraftAsync(Later(60), 0, Cancel);
        await Database.Drafts.EndDraftAsync(live, 1, "outputs/a1/draft.mp4", Cancel);
        var plain = await SubmitAsync("i2v");
        await Database.Jobs.CancelAsync(plain, Account, false, Cancel);

        var first = new JobFiles(live, set, null, "outputs/a1/draft.mp4", null);
        var found = await Database.Retention.ReadFilesAsync([live, plain, plain + 9], Cancel);
        Assert.Equal([first, new JobFiles(plain, null, null, null, Clock.GetUtcNow())], found.OrderBy(files => files.Id));
        Assert.Equal([first], await Database.Retention.ReadFilesAsync([set, new string('b', 32), "\"'"], Cancel));
        Assert.Empty(await Database.Retention.ReadFilesAsync(Array.Empty<long>(), Cancel));

        await Database.Leases.FinishAsync(live, (await ClaimAsync())!.Fence, new RunOutcome.Done("outputs/a1/x.mp4", 1), Cancel);
        Assert.Equal(
            [first with { ResultKey = "outputs/a1/x.mp4", EndedAt = Clock.GetUtcNow() }],
            await Database.Retention.ReadFilesAsync([set], Cancel));
    }

    /// <summary>A job that was made, in its second run.</summary>
    private async Task<long> EndedAsync()
    {
        var id = await SubmitAsync();
        await Database.Leases.FinishAsync(id, (await ClaimAsync())!.Fence, new RunOutcome.Returned(), Cancel);
        await Database.Leases.FinishAsync(id, (await ClaimAsync())!.Fence, new RunOutcome.Done("key", 1), Cancel);
        return id;
    }
}
