using System.Text;
using Microsoft.AspNetCore.Http;
using Rushes.Database;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Rushes.Webhooks;
using Xunit;

namespace Rushes.Tests.Webhooks;

public sealed class DelivererTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly FakeClock clock = new();
    private readonly DeliveryLogs logs = new();
    private readonly SocketsHttpHandler handler = new() { AllowAutoRedirect = false };
    private CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;
    private SqliteDatabase database = null!;
    private Signatures signatures = null!;
    private int account;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        account = await database.Accounts.EnsureAccountAsync("alice", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        handler.Dispose();
        stop.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_job_that_ends_is_told_at_once_and_signed()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(200);
        var job = await EndAsync(receiver);
        var received = await receiver.NextAsync();
        await TriedAsync(job, 1);

        Assert.Equal(("POST", "/hook", "application/json"), (received.Method, received.Path, received.Headers["Content-Type"]));
        Assert.Equal($$"""{"job":{{job}},"state":"Cancelled"}""", Encoding.UTF8.GetString(received.Body));
        Assert.Equal("form", received.Headers["X-Form"]);
        var id = received.Headers["webhook-id"];
        foreach (var (name, value) in signatures.Standard(account, id, clock.GetUtcNow(), received.Body))
            Assert.Equal(value, received.Headers[name]);

        var log = await LogAsync(job);
        Assert.Equal(DeliveryState.Delivered, log.Delivery.State);
        Assert.Equal(new DeliveryTry(1, clock.GetUtcNow(), 200, 0, "no. 1", null), Assert.Single(log.Tries));
    }

    [Fact]
    public async Task A_failed_delivery_is_tried_again_within_ten_seconds_as_the_same_message()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(500, 503, 204);
        var job = await EndAsync(receiver);
        await TriedAsync(job, 1);
        var began = clock.GetUtcNow();
        await ToTheNextTryAsync(job);
        await TriedAsync(job, 2);
        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(10));
        await ToTheNextTryAsync(job);
        await TriedAsync(job, 3);

        var (first, second) = (await receiver.NextAsync(), await receiver.NextAsync());
        Assert.Equal(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        Assert.NotEqual(first.Headers["webhook-timestamp"], second.Headers["webhook-timestamp"]);
        var log = await LogAsync(job);
        Assert.Equal(DeliveryState.Delivered, log.Delivery.State);
        Assert.Equal([500, 503, 204], log.Tries.Select(each => each.Status));
    }

    [Fact]
    public async Task While_a_try_is_under_way_no_other_gateway_takes_the_delivery()
    {
        await using var receiver = await TestReceiver.StallingAsync();
        await EndAsync(receiver);
        await receiver.NextAsync();
        clock.Advance(new DeliveryOptions().Timeout - TimeSpan.FromMilliseconds(1));

        var due = await database.Deliveries.TakeDueDeliveriesAsync(
            new DeliveryClaim(clock.GetUtcNow() + TimeSpan.FromMinutes(1), 10, 10, 10, []), Cancel);

        Assert.Empty(due.Taken);
        Assert.Equal(1, receiver.Count);
    }

    [Fact]
    public async Task A_receiver_that_never_takes_it_is_given_up_after_a_day()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(500);
        var began = clock.GetUtcNow();
        var job = await EndAsync(receiver);
        for (var number = 1; number <= 11; number++)
        {
            await TriedAsync(job, number);
            if (number < 11) await ToTheNextTryAsync(job);
        }

        Assert.Equal((DeliveryState.Failed, 11), ((await LogAsync(job)).Delivery.State, receiver.Count));
        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.FromHours(19), TimeSpan.FromHours(24));

        // A redelivery has all tries again.
        Assert.True(await database.Deliveries.RedeliverAsync((await LogAsync(job)).Delivery.Id, account, Cancel));
        await TriedAsync(job, 12);
        var again = (await LogAsync(job)).Delivery;
        Assert.Equal(DeliveryState.Pending, again.State);
        Assert.InRange(again.NextAt!.Value - clock.GetUtcNow(), TimeSpan.FromSeconds(4.5), TimeSpan.FromSeconds(5.5));
    }

    [Fact]
    public async Task A_host_that_stalls_takes_few_places_and_delays_nobody()
    {
        await using var stalling = await TestReceiver.StallingAsync();
        await using var good = await TestReceiver.AnsweringAsync(200);
        var stalled = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => EndAsync(stalling)));
        for (var i = 0; i < 4; i++) await stalling.NextAsync();

        var jobs = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => EndAsync(good)));
        foreach (var _ in jobs) await logs.WaitForAsync("WebhookTried");
        foreach (var job in jobs) Assert.Equal(DeliveryState.Delivered, (await LogAsync(job)).Delivery.State);
        Assert.Equal(4, stalling.Count);

        clock.Advance(TimeSpan.FromSeconds(15));
        for (var i = 0; i < 4; i++) await logs.WaitForAsync("WebhookTried");
        var all = await Task.WhenAll(stalled.Select(LogAsync));
        var tried = all.Where(log => log.Tries.Count > 0).ToList();
        Assert.Equal(4, tried.Count);
        Assert.All(
            tried,
            log => Assert.Equal(
                (DeliveryState.Pending, null, 15_000), (log.Delivery.State, log.Tries[0].Status, log.Tries[0].Milliseconds)));
        Assert.All(tried, log => Assert.Contains("15 seconds", log.Tries[0].Error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_redirect_is_a_failed_try_and_not_followed()
    {
        await using var elsewhere = await TestReceiver.AnsweringAsync(200);
        await using var receiver = await TestReceiver.StartAsync((http, _) =>
        {
            http.Response.StatusCode = 307;
            http.Response.Headers.Location = elsewhere.Url;
            return Task.CompletedTask;
        });
        var job = await EndAsync(receiver);
        await TriedAsync(job, 1);

        var log = await LogAsync(job);
        Assert.Equal((DeliveryState.Pending, 307, 0), (log.Delivery.State, log.Tries[0].Status, elsewhere.Count));
        Assert.Contains("not followed", log.Tries[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_gone_for_good_gets_no_more()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(410);
        var job = await EndAsync(receiver);
        await TriedAsync(job, 1);
        Assert.Equal(DeliveryState.Stopped, (await LogAsync(job)).Delivery.State);
    }

    [Theory]
    [InlineData(429, "90", 90)]
    [InlineData(429, "Thu, 01 Jan 2026 00:02:00 GMT", 120)]
    [InlineData(429, "86400000", 6 * 3600)]
    [InlineData(503, "99999999999", 6 * 3600)]
    [InlineData(503, "99999999999999999999999999", 6 * 3600)]
    [InlineData(503, "Fri, 31 Dec 9999 23:59:59 GMT", 6 * 3600)]
    [InlineData(307, "90", 90)]
    [InlineData(302, "99999999999", 6 * 3600)]
    public async Task Retry_after_puts_the_next_try_off_within_bounds(int status, string asked, int seconds)
    {
        await using var receiver = await TestReceiver.StartAsync((http, _) =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.RetryAfter = asked;
            return Task.CompletedTask;
        });
        var job = await EndAsync(receiver);
        await TriedAsync(job, 1);
        Assert.Equal(clock.GetUtcNow().AddSeconds(seconds), (await LogAsync(job)).Delivery.NextAt);
    }

    [Fact]
    public async Task What_was_pending_at_a_kill_arrives_after_the_restart()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(200);
        await StopDelivererAsync();
        var job = await EndAsync(receiver);
        await database.DisposeAsync();
        Assert.Equal(0, receiver.Count);

        await StartAsync();
        await TriedAsync(job, 1);
        Assert.Equal(1, receiver.Count);
    }

    [Fact]
    public async Task What_was_sent_but_not_recorded_is_sent_again_as_the_same_message()
    {
        var answers = new TaskCompletionSource();
        await using var receiver = await TestReceiver.StartAsync(
            (http, number) => number == 1 ? answers.Task : Task.CompletedTask);
        var job = await EndAsync(receiver);
        var first = await receiver.NextAsync();
        await StopAsync();
        answers.SetResult();

        await StartAsync();
        Assert.Empty((await LogAsync(job)).Tries);
        await ToTheNextTryAsync(job);
        await TriedAsync(job, 1);
        Assert.Equal(first.Headers["webhook-id"], (await receiver.NextAsync()).Headers["webhook-id"]);
        Assert.Equal(DeliveryState.Delivered, (await LogAsync(job)).Delivery.State);
    }

    [Fact]
    public async Task A_redelivery_is_sent_at_once()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(410, 200);
        var job = await EndAsync(receiver);
        await TriedAsync(job, 1);
        Assert.True(await database.Deliveries.RedeliverAsync((await LogAsync(job)).Delivery.Id, account, Cancel));
        await TriedAsync(job, 2);
        Assert.Equal(DeliveryState.Delivered, (await LogAsync(job)).Delivery.State);
    }

    [Fact]
    public async Task An_account_with_many_stalling_hosts_does_not_delay_another()
    {
        var stalling = new List<TestReceiver>();
        try
        {
            for (var count = 0; count < 20; count++) stalling.Add(await TestReceiver.StallingAsync());
            foreach (var host in stalling)
                for (var count = 0; count < 4; count++) await EndAsync(host);
            account = await database.Accounts.EnsureAccountAsync("bob", Cancel);
            await using var good = await TestReceiver.AnsweringAsync(200);

            var job = await EndAsync(good);

            await TriedAsync(job, 1);
            Assert.Equal(DeliveryState.Delivered, (await LogAsync(job)).Delivery.State);
            Assert.InRange(stalling.Sum(host => host.Count), 0, new DeliveryOptions().PerAccount);
        }
        finally
        {
            foreach (var host in stalling) await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_address_that_may_not_be_reached_is_a_failed_try_that_says_so()
    {
        handler.ConnectCallback = (context, _) => throw new IOException("10.0.0.1 is not a public address.");
        var job = await EndAsync("http://customer.example/hook");
        await TriedAsync(job, 1);
        var made = Assert.Single((await LogAsync(job)).Tries);
        Assert.Null(made.Status);
        Assert.Contains("10.0.0.1 is not a public address.", made.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_cannot_be_written_is_a_failed_try()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(200);
        var job = await EndAsync(receiver.Url, dialect: "unknown");
        await TriedAsync(job, 1);
        Assert.Equal((DeliveryState.Pending, 0), ((await LogAsync(job)).Delivery.State, receiver.Count));
    }

    [Fact]
    public async Task Of_the_answer_the_first_kilobyte_is_kept()
    {
        await using var receiver = await TestReceiver.StartAsync(
            (http, _) => http.Response.WriteAsync("\0" + new string('x', 100_000)));
        var job = await EndAsync(receiver);
        await TriedAsync(job, 1);
        Assert.Equal("\uFFFD" + new string('x', 1023), (await LogAsync(job)).Tries[0].Answer);
    }

    private async Task StartAsync()
    {
        database = await SqliteDatabase.OpenAsync(folder["main.db"], new RetryPolicy(), clock);
        signatures = await Signatures.LoadAsync(database.Keys, Cancel);
        stop = new CancellationTokenSource();
        running = new Deliverer(
            database.Jobs, database.Deliveries, database.Followers, signatures, [new Form()],
            new HttpClient(handler, disposeHandler: false), new DeliveryOptions(), clock, logs).RunAsync(stop.Token);
    }

    private async Task StopAsync()
    {
        await StopDelivererAsync();
        await database.DisposeAsync();
    }

    private async Task StopDelivererAsync()
    {
        await stop.CancelAsync();
        await running;
    }

    private Task<long> EndAsync(TestReceiver receiver) => EndAsync(receiver.Url);

    private async Task<long> EndAsync(string url, string dialect = "queue")
    {
        var format = new VideoFormat(832, 480, 81, 16);
        var submitted = await database.Jobs.SubmitAsync(new NewJob
        {
            Account = account, Model = "m", Lane = "l", Tier = 0, Priority = 0, Input = "{}",
            Plan = new RenderPlan(format, format), Work = 1,
            CreatedAt = clock.GetUtcNow(), WebhookUrl = url, Dialect = dialect,
        }, Cancel);
        var id = Assert.IsType<SubmitOutcome.Created>(submitted).Id;
        await database.Jobs.CancelAsync(id, account, false, Cancel);
        return id;
    }

    private async Task<DeliveryLog> LogAsync(long job) =>
        Assert.Single(await database.Deliveries.ReadDeliveriesAsync(job, account, Cancel));

    private async Task TriedAsync(long job, int number)
    {
        var id = (await LogAsync(job)).Delivery.Id;
        await logs.WaitForAsync($"WebhookTried {id} of job {job}, try {number}:");
    }

    private async Task ToTheNextTryAsync(long job) =>
        clock.Advance((await LogAsync(job)).Delivery.NextAt!.Value - clock.GetUtcNow());

    private sealed class Form : IWebhookForm
    {
        public string Dialect => "queue";

        public ValueTask<WebhookMessage> WriteAsync(Job job, Delivery delivery, CancellationToken cancel) =>
            ValueTask.FromResult(new WebhookMessage(Encoding.UTF8.GetBytes($$"""{"job":{{job.Id}},"state":"{{job.State}}"}"""))
            {
                Headers = new Dictionary<string, string> { ["X-Form"] = "form" },
            });
    }
}
