using Rushes.Database;
using Rushes.Jobs;
using Xunit;

namespace Rushes.Tests.Conformance;

/// <summary>Ending a job creates a delivery in the same commit, which is claimed, recorded and ended once.</summary>
public abstract partial class DatabaseConformance
{
    public static TheoryData<string, JobState> EndsWithWord => new()
    {
        { "done", JobState.Completed },
        { "failed", JobState.Failed },
        { "stopped", JobState.Cancelled },
        { "expired after a stop", JobState.Cancelled },
        { "interrupted after a stop", JobState.Cancelled },
        { "cancelled", JobState.Cancelled },
        { "late", JobState.Failed },
    };

    [Theory]
    [MemberData(nameof(EndsWithWord))]
    public async Task Whatever_ends_a_job_leaves_word_in_the_same_commit(string how, JobState expected)
    {
        var rung = 0;
        Database.Followers.AddDeliveries("test", () => rung++);
        var id = await SubmitAsync(NewJob("t2v") with { WebhookUrl = "http://one:81/", Dialect = "fal", StartBy = Later(30) });
        if (how is not ("cancelled" or "late"))
        {
            var fence = (await ClaimAsync())!.Fence;
            if (how.Contains("after a stop", StringComparison.Ordinal))
                await Database.Jobs.CancelAsync(id, Account, true, Cancel);
            Assert.Equal((0, 0), (rung, (await Database.Deliveries.ReadDeliveriesAsync(id, Account, Cancel)).Count));
            await (how switch
            {
                "done" => Database.Leases.FinishAsync(id, fence, new RunOutcome.Done("key", 1), Cancel),
                "failed" =>
                    Database.Leases.FinishAsync(
                        id, fence, new RunOutcome.Failed(new JobError("engine_failed", "Broke."), false), Cancel),
                "stopped" => Database.Leases.FinishAsync(id, fence, new RunOutcome.Stopped(), Cancel),
                "expired after a stop" => Database.Leases.SweepAsync(Later(60), Cancel),
                _ => (Task)Database.Leases.InterruptAsync("node/", Cancel),
            });
        }
        else if (how == "cancelled") await Database.Jobs.CancelAsync(id, Account, false, Cancel);
        else await Database.Leases.SweepAsync(Later(30), Cancel);

        Assert.Equal(1, rung);
        Assert.Equal(expected, (await Database.Jobs.FindAsync(id, Cancel))!.State);
        var log = Assert.Single(await Database.Deliveries.ReadDeliveriesAsync(id, Account, Cancel));
        Assert.Empty(log.Tries);
        Assert.Equal(
            (id, Account, "fal", "http://one:81/", "one:81", DeliveryState.Pending, 0, Clock.GetUtcNow()),
            (log.Delivery.Job, log.Delivery.Account, log.Delivery.Dialect, log.Delivery.Url,
            log.Delivery.Host, log.Delivery.State,
                log.Delivery.Tries, log.Delivery.NextAt));
        Assert.Empty(await Database.Deliveries.ReadDeliveriesAsync(id, Account + 1, Cancel));
    }

    [Fact]
    public async Task A_job_that_wants_all_events_reports_each_and_its_progress_at_most_every_half_second()
    {
        const WebhookEvents all = WebhookEvents.Start | WebhookEvents.Progress | WebhookEvents.Output | WebhookEvents.End;
        var id = await SubmitAsync(NewJob("t2v") with { WebhookUrl = "http://one/", WebhookEvents = all });
        var lease = (await ClaimAsync())!;
        Assert.Equal([WebhookEvents.Start], await EventsAsync());

        await RenewAsync(0);
        await RenewAsync(1);
        Assert.Equal([WebhookEvents.Start, WebhookEvents.Progress], await EventsAsync());
        // It is not sent yet, and will say what is then known.
        Clock.Advance(TimeSpan.FromSeconds(1));
        await RenewAsync(2);
        foreach (var due in (await TakeAsync()).Taken)
            await Database.Deliveries.RecordTryAsync(
                due.Id, new DeliveryTry(1, Clock.GetUtcNow(), 200, 5, null, null), DeliveryState.Delivered, null, Cancel);
        await RenewAsync(2);
        Assert.Equal([WebhookEvents.Start, WebhookEvents.Progress], await EventsAsync());
        await RenewAsync(3);
        Assert.Equal(3, (await EventsAsync()).Count);

        // Only the first start counts.
        await Database.Leases.FinishAsync(id, lease.Fence, new RunOutcome.Returned(), Cancel);
        lease = (await ClaimAsync())!;
        await Database.Leases.FinishAsync(id, lease.Fence, new RunOutcome.Done("key", 1), Cancel);
        Assert.Equal(
            [WebhookEvents.Start, WebhookEvents.Progress, WebhookEvents.Progress, WebhookEvents.Output, WebhookEvents.End],
            await EventsAsync());

        Task RenewAsync(int done) => Database.Leases.RenewAsync(id, lease.Fence, Later(30), new Progress(done, 4), Cancel);

        async Task<IReadOnlyList<WebhookEvents>> EventsAsync() =>
            [.. (await Database.Deliveries.ReadDeliveriesAsync(id, Account, Cancel)).Select(log => log.Delivery.Event)];
    }

    [Fact]
    public async Task A_job_without_a_webhook_leaves_no_word()
    {
        Database.Followers.AddDeliveries("test", () => Assert.Fail("nothing waits"));
        var id = await SubmitAsync();
        await Database.Jobs.CancelAsync(id, Account, false, Cancel);
        Assert.Empty(await Database.Deliveries.ReadDeliveriesAsync(id, Account, Cancel));
        Assert.Equal((0, null), await TakeCountAsync());
    }

    [Fact]
    public async Task A_delivery_that_was_taken_is_not_due_again_before_its_time()
    {
        var id = await EndedAsync("http://one/");
        var taken = Assert.Single((await TakeAsync()).Taken);
        Assert.Equal((id, Later(30)), (taken.Job, taken.NextAt));
        Assert.Equal((0, Later(30)), await TakeCountAsync());

        // Nobody recorded a try: whoever took it died.
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(taken.Id, Assert.Single((await TakeAsync()).Taken).Id);
    }

    [Fact]
    public async Task Deliveries_are_taken_fairly_over_hosts_and_within_the_bounds()
    {
        foreach (var _ in Enumerable.Range(0, 20)) await EndedAsync("http://dead/");
        Clock.Advance(TimeSpan.FromSeconds(1));
        await EndedAsync("http://b/");
        Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var _ in Enumerable.Range(0, 3)) await EndedAsync("http://a/");

        var first = await TakeAsync(limit: 6, perHost: 4);
        Assert.Equal(["dead", "dead", "dead", "dead", "b", "a"], first.Taken.Select(delivery => delivery.Host));
        var second = await TakeAsync(limit: 8, perHost: 4, ("dead", 4), ("a", 3));
        Assert.Equal(["a"], second.Taken.Select(delivery => delivery.Host));
        Assert.Equal(7, first.Taken.Concat(second.Taken).Select(delivery => delivery.Id).Distinct().Count());
    }

    [Fact]
    public async Task Accounts_take_turns_and_none_has_more_than_its_places()
    {
        var other = await Database.Accounts.EnsureAccountAsync("bob", Cancel);
        foreach (var number in Enumerable.Range(0, 20)) await EndedAsync($"http://dead{number}/");
        foreach (var _ in Enumerable.Range(0, 6)) await EndedAsync("http://shared/");
        Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var _ in Enumerable.Range(0, 2)) await EndedAsync("http://shared/", other);
        await EndedAsync("http://own/", other);

        Assert.Equal((2, 2), await PlacesAsync(limit: 4, perAccount: 4));
        // Deliveries in progress count.
        Assert.Equal((1, 1), await PlacesAsync(limit: 8, perAccount: 4, (Account, 3), (other, 3)));
        Assert.Equal((4, 0), await PlacesAsync(limit: 8, perAccount: 4));
        Assert.Equal((0, 0), await PlacesAsync(limit: 8, perAccount: 4, (Account, 4), (other, 4)));
        Assert.Equal((8, 0), await PlacesAsync(limit: 8, perAccount: 8));

        async Task<(int First, int Other)> PlacesAsync(int limit, int perAccount, params (int Account, int Count)[] busy)
        {
            var places = busy.SelectMany(each => Enumerable.Repeat(new DeliveryPlace(each.Account, "busy"), each.Count));
            var due = await Database.Deliveries.TakeDueDeliveriesAsync(
                new DeliveryClaim(Later(30), limit, 4, perAccount, [.. places]), Cancel);
            return (due.Taken.Count(each => each.Account == Account), due.Taken.Count(each => each.Account == other));
        }
    }

    [Fact]
    public async Task Every_try_is_logged_and_the_last_ends_it()
    {
        var id = await EndedAsync("http://one/");
        var taken = Assert.Single((await TakeAsync()).Taken);
        var broken = new DeliveryTry(1, Clock.GetUtcNow(), null, 15_000, null, "It did not answer.");
        Assert.True(await Database.Deliveries.RecordTryAsync(taken.Id, broken, DeliveryState.Pending, Later(5), Cancel));
        Assert.Equal((0, Later(5)), await TakeCountAsync());

        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, Assert.Single((await TakeAsync()).Taken).Tries);
        var answered = new DeliveryTry(2, Clock.GetUtcNow(), 200, 12, "“ok”", null);
        Assert.True(await Database.Deliveries.RecordTryAsync(taken.Id, answered, DeliveryState.Delivered, null, Cancel));
        await ReopenAsync();

        var log = Assert.Single(await Database.Deliveries.ReadDeliveriesAsync(id, Account, Cancel));
        Assert.Equal([broken, answered], log.Tries);
        Assert.Equal(
            (DeliveryState.Delivered, 2, 2, Clock.GetUtcNow()),
            (log.Delivery.State, log.Delivery.Tries, log.Delivery.RunTries, log.Delivery.EndedAt));
        Assert.Null(log.Delivery.NextAt);
        Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal((0, null), await TakeCountAsync());
    }

    [Fact]
    public async Task A_try_is_logged_once()
    {
        var id = await EndedAsync("http://one/");
        var taken = Assert.Single((await TakeAsync()).Taken);
        var made = new DeliveryTry(1, Clock.GetUtcNow(), 500, 1, "", null);
        Assert.True(await Database.Deliveries.RecordTryAsync(taken.Id, made, DeliveryState.Pending, Later(5), Cancel));
        Assert.False(await Database.Deliveries.RecordTryAsync(taken.Id, made, DeliveryState.Delivered, null, Cancel));
        Assert.True(
            await Database.Deliveries.RecordTryAsync(taken.Id, made with { Number = 2 }, DeliveryState.Stopped, null, Cancel));
        Assert.False(
            await Database.Deliveries.RecordTryAsync(taken.Id, made with { Number = 3 }, DeliveryState.Delivered, null, Cancel));

        var log = Assert.Single(await Database.Deliveries.ReadDeliveriesAsync(id, Account, Cancel));
        Assert.Equal((DeliveryState.Stopped, 2), (log.Delivery.State, log.Tries.Count));
    }

    [Fact]
    public async Task Only_the_latest_tries_are_kept()
    {
        var id = await EndedAsync("http://one/");
        var taken = Assert.Single((await TakeAsync()).Taken);
        var made = new DeliveryTry(0, Clock.GetUtcNow(), 500, 1, new string('a', 1024), null);
        for (var number = 1; number <= DeliveryTry.MaxKept + 3; number++)
            Assert.True(
                await Database.Deliveries.RecordTryAsync(
                    taken.Id, made with { Number = number }, DeliveryState.Pending, Later(5), Cancel));

        var log = Assert.Single(await Database.Deliveries.ReadDeliveriesAsync(id, Account, Cancel));
        Assert.Equal(DeliveryTry.MaxKept + 3, log.Delivery.Tries);
        Assert.Equal(Enumerable.Range(4, DeliveryTry.MaxKept), log.Tries.Select(each => each.Number));
    }

    [Fact]
    public async Task A_redelivery_is_a_new_run_of_the_same_delivery_for_its_owner_alone()
    {
        var id = await EndedAsync("http://one/");
        var taken = Assert.Single((await TakeAsync()).Taken);
        await Database.Deliveries.RecordTryAsync(
            taken.Id, new DeliveryTry(1, Clock.GetUtcNow(), 500, 1, null, null), DeliveryState.Failed, null, Cancel);
        var rung = 0;
        Database.Followers.AddDeliveries("test", () => rung++);

        Assert.False(await Database.Deliveries.RedeliverAsync(taken.Id, Account + 1, Cancel));
        Assert.False(await Database.Deliveries.RedeliverAsync(taken.Id + 1, Account, Cancel));
        Assert.Equal(0, rung);
        Assert.True(await Database.Deliveries.RedeliverAsync(taken.Id, Account, Cancel));
        Assert.Equal(1, rung);

        var again = Assert.Single((await TakeAsync()).Taken);
        Assert.Equal((taken.Id, 1, 0), (again.Id, again.Tries, again.RunTries));
        await Database.Deliveries.RecordTryAsync(
            taken.Id, new DeliveryTry(2, Clock.GetUtcNow(), 204, 1, null, null), DeliveryState.Delivered, null, Cancel);
        Assert.Equal(
            [500, 204],
            Assert.Single(await Database.Deliveries.ReadDeliveriesAsync(id, Account, Cancel)).Tries.Select(each => each.Status));
    }

    private async Task<long> EndedAsync(string url, int? account = null)
    {
        var owner = account ?? Account;
        var id = await SubmitAsync(NewJob("t2v") with { WebhookUrl = url, Account = owner });
        Assert.Equal(CancelOutcome.Cancelled, await Database.Jobs.CancelAsync(id, owner, false, Cancel));
        return id;
    }

    private Task<DueDeliveries> TakeAsync(int limit = 10, int perHost = 10, params (string Host, int Count)[] underWay) =>
        Database.Deliveries.TakeDueDeliveriesAsync(
            new DeliveryClaim(
                Later(30), limit, perHost, limit,
                [.. underWay.SelectMany(each => Enumerable.Repeat(new DeliveryPlace(Account, each.Host), each.Count))]), Cancel);

    private async Task<(int Taken, DateTimeOffset? NextAt)> TakeCountAsync()
    {
        var due = await TakeAsync();
        return (due.Taken.Count, due.NextAt);
    }
}
