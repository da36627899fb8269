using Rushes.Database;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>The stored bytes of accounts: files and requests, summed in the commit that stores them.</summary>
public abstract partial class DatabaseConformance
{
    [Fact]
    public async Task Stored_files_are_counted_once_each()
    {
        Assert.Equal(0, await Database.FileCounts.ReadStoredBytesAsync(Account, Cancel));
        await Database.FileCounts.CountFilesAsync(
            [new("inputs/a1/x", Account, 100), new("outputs/a1/y", Account, 20), new("uploads/a9/z", 9, 3)], Cancel);
        await Database.FileCounts.CountFilesAsync([new("inputs/a1/x", Account, 100)], Cancel);
        Assert.Equal(120, await Database.FileCounts.ReadStoredBytesAsync(Account, Cancel));

        // Put again with another size.
        await Database.FileCounts.CountFilesAsync([new("inputs/a1/x", Account, 70)], Cancel);
        await Database.FileCounts.UncountFilesAsync(["outputs/a1/y", "outputs/a1/never"], Cancel);
        await Database.FileCounts.UncountFilesAsync(["outputs/a1/y"], Cancel);
        await ReopenAsync();

        Assert.Equal(70, await Database.FileCounts.ReadStoredBytesAsync(Account, Cancel));
        Assert.Equal(
            new Dictionary<int, long> { [Account] = 70, [9] = 3 }, await Database.FileCounts.ReadStoredBytesAsync(Cancel));
    }

    [Fact]
    public async Task A_size_that_was_found_does_not_replace_a_newer_count()
    {
        await Database.FileCounts.CountFilesAsync([new("old", Account, 10), new("replaced", Account, 20)], Cancel);
        Clock.Advance(TimeSpan.FromHours(1));
        // Put again with another size after it was found in the store.
        await Database.FileCounts.CountFilesAsync([new("replaced", Account, 200)], Cancel);

        await Database.FileCounts.CorrectFilesAsync(
            [new("old", Account, 11), new("replaced", Account, 20), new("uncounted", Account, 3)], Later(-60), Cancel);

        Assert.Equal(11 + 200 + 3, await Database.FileCounts.ReadStoredBytesAsync(Account, Cancel));
    }

    [Fact]
    public async Task Counted_keys_are_read_in_pages_up_to_a_time()
    {
        foreach (var name in (string[])["b", "a", "é", "C"])
            await Database.FileCounts.CountFilesAsync([new($"inputs/a1/{name}", Account, 1)], Cancel);
        Clock.Advance(TimeSpan.FromHours(1));
        await Database.FileCounts.CountFilesAsync([new("inputs/a1/late", Account, 1)], Cancel);

        Assert.Equal(
            ["inputs/a1/C", "inputs/a1/a", "inputs/a1/b"],
            await Database.FileCounts.ReadCountedKeysAsync("", Later(-60), 3, Cancel));
        Assert.Equal(["inputs/a1/é"], await Database.FileCounts.ReadCountedKeysAsync("inputs/a1/b", Later(-60), 3, Cancel));
    }

    [Fact]
    public async Task A_request_counts_until_its_job_is_deleted()
    {
        var large = NewJob("t2v") with
        {
            Input = $$"""{"prompt":"a fox","note":"{{new string('é', 40_000)}}"}""", Echo = new string('e', 5000),
            WebhookUrl = $"https://example.com/{new string('w', 500)}",
        };
        Assert.InRange(large.StoredBytes, 86_500, 90_000);
        var kept = NewJob("t2v");
        await SubmitAsync(kept);
        var pruned = await SubmitAsync(large);
        var deleted = await SubmitAsync(large);
        await Database.FileCounts.CountFilesAsync([new("inputs/a1/x", Account, 100)], Cancel);
        await ReopenAsync();
        Assert.Equal(100 + kept.StoredBytes + 2 * large.StoredBytes, await StoredAsync());

        await Database.Jobs.CancelAsync(pruned, Account, force: false, Cancel);
        await Database.Jobs.CancelAsync(deleted, Account, force: false, Cancel);
        Assert.NotNull(await Database.Jobs.DeleteAsync(deleted, Account, Cancel));
        Assert.Equal(100 + kept.StoredBytes + large.StoredBytes, await StoredAsync());

        // The job's webhook has to end first.
        Clock.Advance(TimeSpan.FromDays(1));
        foreach (var due in (await TakeAsync()).Taken)
            await Database.Deliveries.RecordTryAsync(
                due.Id, new DeliveryTry(1, Clock.GetUtcNow(), 200, 5, null, null), DeliveryState.Delivered, null, Cancel);
        Assert.Equal(1, await Database.Retention.PruneAsync(new PruneRequest(10) { Jobs = Clock.GetUtcNow() }, Cancel));
        Assert.Equal(100 + kept.StoredBytes, await StoredAsync());
    }

    [Fact]
    public async Task A_request_that_was_not_stored_does_not_count()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => Database.Jobs.SubmitAsync(NewJob("t2v") with { Work = -1 }, Cancel));
        await Assert.ThrowsAnyAsync<Exception>(() => Database.Jobs.SubmitAsync(Keyed(new string('k', 256)), Cancel));
        Assert.Equal(0, await StoredAsync());
        var first = Keyed("order-1");
        await SubmitAsync(first);
        Assert.IsType<SubmitOutcome.Replayed>(await Database.Jobs.SubmitAsync(first, Cancel));
        Assert.Equal(first.StoredBytes, await StoredAsync());
    }

    [Fact]
    public async Task Requests_at_once_do_not_store_more_than_the_limit()
    {
        await Database.FileCounts.CountFilesAsync([new("inputs/a1/x", Account, 100)], Cancel);
        var job = NewJob("t2v");
        var limited = job with { MaxStoredBytes = 100 + 3 * job.StoredBytes };
        var bob = await Database.Accounts.EnsureAccountAsync("bob", Cancel);

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Task.Run(() => Database.Jobs.SubmitAsync(limited, Cancel))));

        Assert.Equal(3, outcomes.Count(outcome => outcome is SubmitOutcome.Created));
        Assert.Equal(17, outcomes.Count(outcome => outcome == new SubmitOutcome.StorageFull(100 + 3 * job.StoredBytes)));
        Assert.Equal(100 + 3 * job.StoredBytes, await StoredAsync());
        await SubmitAsync(limited with { Account = bob });
    }

    private Task<long> StoredAsync() => Database.FileCounts.ReadStoredBytesAsync(Account, Cancel);
}
