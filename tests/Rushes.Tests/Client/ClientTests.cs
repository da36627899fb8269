using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Rushes.Client;
using Rushes.Media;
using Rushes.Server.Settings;
using Rushes.Tests.Engines;
using Rushes.Tests.Webhooks;
using Xunit;

namespace Rushes.Tests.Client;

/// <summary>The .NET client against a real gateway.</summary>
public sealed class ClientTests
{
    private static readonly TextToVideo Short = new(
        "A paper boat") { Duration = TimeSpan.FromSeconds(0.5), Width = 512, Height = 512, Seed = 7 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_kind_of_request_becomes_a_video_of_the_asked_form()
    {
        using var folder = new TempFolder();
        var picture = MediaInput.File(await SampleMedia.PictureAsync(folder));
        var sound = await SampleMedia.SoundAsync(folder);
        var clip = await SampleMedia.ClipAsync(folder);
        await using var gateway = await TestGateway.StartAsync(
            workers: 2, Cancel, options: new GatewayOptions { KeepOutputsDays = 30 });
        var client = Client(gateway);

        var updates = new Updates();
        var text = await client.GenerateAsync(Short, updates, Cancel);
        Assert.Equal((512, 512), await SavedAsync(text, folder));
        Assert.Equal(JobState.Completed, updates.All[^1].State);
        Assert.Equal(1, updates.All[^1].Fraction);
        Assert.Equal("s3", updates.All[^1].ResultUri!.Scheme);
        Assert.True(updates.All[^1].ExpiresAt > TimeProvider.System.GetUtcNow());

        var half = TimeSpan.FromSeconds(0.5);
        Task<Video>[] others =
        [
            client.GenerateAsync(
                new ImageToVideo("It moves", picture) { LastImage = picture, Height = 480, Duration = half }, cancel: Cancel),
            client.GenerateAsync(
                new SpeechToVideo("It speaks", picture, MediaInput.Stream(_ => new(File.OpenRead(sound)))) { Duration = half },
                cancel: Cancel),
            client.GenerateAsync(
                new Foley(
                    MediaInput.Bytes(await File.ReadAllBytesAsync(clip, Cancel))) { Prompt = "rain", BackgroundMusic = true },
                cancel: Cancel),
        ];
        foreach (var video in await Task.WhenAll(others)) Assert.NotEqual(default, await SavedAsync(video, folder));

        // Read as it comes; and a video made of a video.
        await using (var stream = await text.OpenAsync(Cancel))
        {
            var head = new byte[12];
            await stream.ReadExactlyAsync(head, Cancel);
            Assert.Equal("ftyp"u8, head.AsSpan(4, 4));
        }
        var again = await client.SubmitAsync(new Foley(MediaInput.Url(updates.All[^1].ResultUri!)), cancel: Cancel);
        Assert.False((await client.StatusAsync(again, Cancel)).State == JobState.Failed);
    }

    [Fact]
    public async Task Jobs_are_listed_over_all_pages_and_sifted()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var client = Client(gateway);
        var jobs = new List<Job>();
        // More than a page.
        for (var n = 0; n < 52; n++) jobs.Insert(0, await client.SubmitAsync(Short, cancel: Cancel));
        var awaiting = await client.SubmitAsync(Short with { Draft = DraftMode.Approve }, cancel: Cancel);
        await client.CancelAsync(jobs[50], cancel: Cancel);

        Assert.Equal(
            [awaiting, .. jobs], await client.ListAsync(cancel: Cancel).Select(listed => listed.Job).ToListAsync(Cancel));
        Assert.Equal(
            51,
            await client.ListAsync(new JobQuery { States = [JobState.Queued], Model = Short.Model }, Cancel).CountAsync(Cancel));
        var waits = Assert.Single(
            await client.ListAsync(new JobQuery { States = [JobState.AwaitingApproval] }, Cancel).ToListAsync(Cancel));
        Assert.Equal((awaiting, "A paper boat"), (waits.Job, waits.Prompt));
        Assert.Equal(
            jobs[50],
            Assert.Single(
                await client.ListAsync(
                    new JobQuery { States = [JobState.Cancelled], Since = waits.CreatedAt - TimeSpan.FromHours(1) }, Cancel)
                    .ToListAsync(Cancel)).Job);
        Assert.Empty(await client.ListAsync(new JobQuery { Until = DateTimeOffset.UnixEpoch }, Cancel).ToListAsync(Cancel));
    }

    [Fact]
    public async Task Nothing_is_queued_by_an_estimate()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var client = Client(gateway);
        await client.SubmitAsync(Short, cancel: Cancel);
        var estimate = await client.EstimateAsync(Short with { Priority = -1 }, Cancel);
        Assert.Equal((512, 512, 1), (estimate.Video.Width, estimate.Video.Height, estimate.QueuePosition));
        Assert.Equal(0.25m, estimate.Price!.Amount);
        Assert.Equal(7, estimate.Input.GetProperty("seed").GetInt64());
        Assert.Equal(1, (await client.EstimateAsync(Short, Cancel)).QueuePosition);
    }

    [Fact]
    public async Task The_same_key_is_the_same_job()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var client = Client(gateway);
        var first = await client.SubmitAsync(Short, "order 5", Cancel);
        Assert.Equal(first, await client.SubmitAsync(Short, "order 5", Cancel));
        Assert.NotEqual(first, await client.SubmitAsync(Short, cancel: Cancel));
        var reused = await Assert.ThrowsAsync<RushesException>(
            () => client.SubmitAsync(Short with { Seed = 8 }, "order 5", Cancel));
        Assert.Equal("idempotency_key_reused", reused.Code);
    }

    [Fact]
    public async Task A_rejection_says_what_and_why()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var rejected = await Assert.ThrowsAsync<RushesException>(
            () => Client(gateway).SubmitAsync(Short with { Duration = TimeSpan.FromHours(1) }, cancel: Cancel));
        Assert.Equal((HttpStatusCode.BadRequest, "bad_field", "duration"), (rejected.Status, rejected.Code, rejected.Field));
        Assert.Contains("3600", rejected.Message, StringComparison.Ordinal);

        var stranger = new RushesClient(new RushesClientOptions { Url = new Uri(gateway.Origin), Key = "not-the-key-at-all" });
        Assert.Equal(
            "unauthorized", (await Assert.ThrowsAsync<RushesException>(() => stranger.SubmitAsync(Short, cancel: Cancel))).Code);
        Assert.Equal("request_not_found", (await Assert.ThrowsAsync<RushesException>(
            () => Client(gateway).StatusAsync(new Job("wan22-fast-t2v", "99"), Cancel))).Code);
        Assert.Equal("model_not_found", (await Assert.ThrowsAsync<RushesException>(
            () => Client(gateway).SubmitAsync(Short with { Model = "a/b c" }, cancel: Cancel))).Code);
        await Assert.ThrowsAsync<FileNotFoundException>(
            () => Client(gateway).SubmitAsync(new Foley(MediaInput.File("/no/such/file")), cancel: Cancel));

        var alone = new RushesClient(
            new RushesClientOptions { Url = new Uri("http://127.0.0.1:1"), Key = "k", RetryTimeout = TimeSpan.Zero });
        var unreachable = await Assert.ThrowsAsync<RushesException>(() => alone.SubmitAsync(Short, cancel: Cancel));
        Assert.Equal((null, "unreachable"), (unreachable.Status, unreachable.Code));
        Assert.Throws<ArgumentException>(
            () => new RushesClient(new RushesClientOptions { Url = new Uri("ftp://host"), Key = "k" }));
        Assert.Throws<ArgumentException>(() => new RushesClient(new RushesClientOptions { Key = " " }));
    }

    [Fact]
    public async Task A_job_that_failed_or_was_cancelled_is_told_by_name()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var client = Client(gateway);
        var job = await client.SubmitAsync(Short, cancel: Cancel);
        Assert.True(await client.CancelAsync(job, cancel: Cancel));
        Assert.False(await client.CancelAsync(job, force: true, Cancel));
        var cancelled = await Assert.ThrowsAsync<RushesException>(() => client.WaitAsync(job, cancel: Cancel));
        Assert.Equal(("cancelled", job), (cancelled.Code, cancelled.Job));
        Assert.Equal("cancelled", (await Assert.ThrowsAsync<RushesException>(() => client.ResultAsync(job, Cancel))).Code);
    }

    [Fact]
    public async Task Giving_up_on_a_video_cancels_its_job()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        // With this clock the time limit of the cancel call is never over.
        var client = new RushesClient(
            new RushesClientOptions { Url = new Uri(gateway.Origin), Key = TestGateway.Key, Clock = new FakeClock() });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var updates = new Updates(_ => true);
        var video = client.GenerateAsync(Short, updates, stop.Token);
        await updates.SeenAsync(video, Cancel);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => video);
        Assert.Equal(JobState.Cancelled, (await client.StatusAsync(new Job(Short.Model, "1"), Cancel)).State);
    }

    [Fact]
    public async Task A_draft_is_looked_at_and_approved()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var client = Client(gateway);
        var job = await client.SubmitAsync(Short with { Draft = DraftMode.Approve }, cancel: Cancel);
        await foreach (var status in client.WatchAsync(job, Cancel))
        {
            Assert.Equal(JobState.AwaitingApproval, status.State);
            if (status.DraftUrl is null) continue;
            using var draft = await gateway.Http.GetAsync(status.DraftUrl, Cancel);
            Assert.Equal(HttpStatusCode.OK, draft.StatusCode);
            break;
        }
        await client.ApproveAsync(job, Cancel);
        await client.ApproveAsync(job, Cancel);
        Assert.Equal(JobState.Queued, (await client.StatusAsync(job, Cancel)).State);
        var notAsked = await client.SubmitAsync(Short with { Draft = DraftMode.None }, cancel: Cancel);
        Assert.Equal(
            "not_awaiting", (await Assert.ThrowsAsync<RushesException>(() => client.ApproveAsync(notAsked, Cancel))).Code);
    }

    [Fact]
    public async Task A_callback_is_known_by_its_signature()
    {
        await using var hook = await TestReceiver.AnsweringAsync(200);
        await using var gateway = await TestGateway.StartAsync(
            workers: 0, Cancel, options: new GatewayOptions { FetchAllow = "127.0.0.0/8" });
        var client = Client(gateway);
        var job = await client.SubmitAsync(Short with { Webhook = new Uri(hook.Url) }, cancel: Cancel);
        await client.CancelAsync(job, cancel: Cancel);
        var sent = await hook.NextAsync();

        var secret = await client.WebhookSecretAsync(Cancel);
        var callback = new WebhookReceiver(secret).Read(sent.Headers.GetValueOrDefault, sent.Body);
        Assert.Equal((job, JobState.Cancelled, null), (callback!.Job, callback.Status.State, callback.Video));
        Assert.Equal(sent.Headers["webhook-id"], callback.Id);

        Assert.Null(
            new WebhookReceiver("whsec_" + Convert.ToBase64String(new byte[32])).Read(sent.Headers.GetValueOrDefault, sent.Body));
        Assert.Null(new WebhookReceiver(secret).Read(sent.Headers.GetValueOrDefault, [.. sent.Body, (byte)' ']));
        Assert.Null(
            new WebhookReceiver(secret).Read(name => name == "webhook-signature"
                ? null : sent.Headers.GetValueOrDefault(name), sent.Body));
        // The fake clock stands elsewhere.
        Assert.Null(new WebhookReceiver(secret, clock: new FakeClock()).Read(sent.Headers.GetValueOrDefault, sent.Body));
        var (id, at, signature) =
            (sent.Headers["webhook-id"], sent.Headers["webhook-timestamp"], sent.Headers["webhook-signature"]);
        Assert.True(new WebhookReceiver(secret).IsSigned(id, at, $"v1,AAAA v2,x {signature}", sent.Body));
        Assert.False(new WebhookReceiver(secret).IsSigned(id, "99999999999999999", signature, sent.Body));

        var delivery = Assert.Single(await client.DeliveriesAsync(job.Id, Cancel));
        Assert.Equal(hook.Url, delivery.Url);
        await client.RedeliverAsync(delivery.Id, Cancel);
        Assert.Equal(id, (await hook.NextAsync()).Headers["webhook-id"]);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await Assert.ThrowsAsync<RushesException>(() => client.DeliveriesAsync("99", Cancel))).Status);
    }

    [Fact]
    public async Task A_program_with_dependency_injection_gets_one_client_and_may_add_handlers()
    {
        await using var gateway = await TestGateway.StartAsync(workers: 0, Cancel);
        var services = new ServiceCollection();
        var handler = new Counting();
        services.AddRushes(
            rushes => (rushes.Url, rushes.Key) = (new Uri(gateway.Origin), TestGateway.Key)).AddHttpMessageHandler(() => handler);
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<RushesClient>();
        Assert.Same(client, provider.GetRequiredService<RushesClient>());
        await client.SubmitAsync(Short, cancel: Cancel);
        Assert.Equal(1, handler.Calls);
    }

    internal static RushesClient Client(TestGateway gateway) =>
        new(new RushesClientOptions { Url = new Uri(gateway.Origin), Key = TestGateway.Key });

    private static async Task<(int Width, int Height)> SavedAsync(Video video, TempFolder folder)
    {
        var path = folder[$"{video.Job.Id}.mp4"];
        await video.SaveAsync(path, Cancel);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.part"));
        return await VideoProbe.FindAsync(path, Cancel) is { } facts ? (facts.Width, facts.Height) : default;
    }

    private sealed class Counting : DelegatingHandler
    {
        public int Calls { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
