using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rushes.Server.Settings;
using Rushes.Tests.Rules;
using Rushes.Tests.Webhooks;
using Xunit;

namespace Rushes.Tests.Operate;

/// <summary>The /metrics of a real gateway after known jobs, and the dashboards and alerts for it.</summary>
public sealed class MetricsTests
{
    private static readonly GatewayOptions Open = new() { Metrics = "open", FetchAllow = "127.0.0.0/8" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Jobs_are_counted_from_the_queue_to_their_callback()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(200);
        await using var gateway = await TestGateway.StartAsync(1, Cancel, options: Open);
        await PostAsync(gateway, "/admin/lanes/t2v/pause");
        await SubmitAsync(gateway, receiver);
        var second = await SubmitAsync(gateway, receiver);

        var waiting = await ScrapeAsync(gateway);
        Assert.Equal(2, waiting["""rushes_queue_jobs{lane="t2v",tier="base, fast"}"""]);
        Assert.Equal(2, waiting["""rushes_jobs_queued_total{lane="t2v",tier="base, fast"}"""]);
        Assert.Equal(0, waiting["""rushes_queue_jobs{lane="i2v",tier="base, fast"}"""]);
        Assert.True(waiting["""rushes_queue_oldest_seconds{lane="t2v",tier="base, fast"}"""] > 0);
        Assert.True(waiting["""rushes_queue_work_seconds{lane="t2v"}"""] > 0);
        Assert.Equal(1, waiting["""rushes_lane_paused{lane="t2v"}"""]);
        Assert.Equal(0, waiting["""rushes_running_jobs{lane="t2v"}"""]);
        Assert.Equal(0, waiting["""rushes_jobs_ended_total{lane="t2v",outcome="completed"}"""]);

        using var cancelled = await gateway.Http.PutAsync($"/queue/wan22-fast-t2v/requests/{second}/cancel", null, Cancel);
        await PostAsync(gateway, "/admin/lanes/t2v/resume");
        await receiver.NextAsync();
        await receiver.NextAsync();
        // The receiver has it a moment before the gateway knows.
        var ended = await ScrapeAsync(
            gateway,
            scrape => scrape["""rushes_webhook_tries_total{outcome="delivered"}"""] == 2
                && scrape["rushes_webhook_lag_seconds_count"] == 2);
        Assert.Equal(0, ended["""rushes_queue_jobs{lane="t2v",tier="base, fast"}"""]);
        Assert.Equal(0, ended["""rushes_queue_oldest_seconds{lane="t2v",tier="base, fast"}"""]);
        Assert.Equal(1, ended["""rushes_jobs_ended_total{lane="t2v",outcome="completed"}"""]);
        Assert.Equal(1, ended["""rushes_jobs_ended_total{lane="t2v",outcome="cancelled"}"""]);
        Assert.Equal(0, ended["""rushes_jobs_ended_total{lane="t2v",outcome="failed"}"""]);
        Assert.Equal(0, ended["rushes_leases_lost_total"]);
        Assert.Equal(1, ended["""rushes_job_run_seconds_count{lane="t2v"}"""]);
        Assert.Equal(1, ended["""rushes_job_wait_seconds_count{lane="t2v",tier="base, fast"}"""]);
        ended.AssertHistogram("rushes_job_run_seconds", """lane="t2v" """.Trim());
        ended.AssertHistogram("rushes_job_wait_seconds", """lane="t2v",tier="base, fast" """.Trim());
        ended.AssertHistogram("rushes_webhook_lag_seconds", "");
        ended.AssertHistogram("rushes_commit_group_writes", "");
        Assert.Contains("rushes_worker_busy", ended.Names);

        // Whoever draws and warns of it asks for what there is.
        foreach (var file in (string[])["deploy/grafana/rushes.json", "deploy/alerts.yaml"])
            foreach (var name in NamesIn(file))
                Assert.True(ended.Names.Contains(name), $"{file} names {name}, which does not exist");
        var received = NamesIn("docs/operate/metrics.md").ToHashSet();
        Assert.Equal(
            ended.Names.Select(name => Regex.Replace(name, "_(bucket|sum|count)$", "")).Distinct().Order(), received.Order());
    }

    [Fact]
    public async Task What_waited_before_a_restart_is_known_after_it()
    {
        using var folder = new TempFolder();
        await using (var first = await TestGateway.StartAsync(0, Cancel, folder.Path)) await SubmitAsync(first, null);
        await using var second = await TestGateway.StartAsync(0, Cancel, folder.Path, Open);
        var scrape = await ScrapeAsync(second);
        Assert.Equal(1, scrape["""rushes_queue_jobs{lane="t2v",tier="base, fast"}"""]);
        Assert.InRange(scrape["""rushes_queue_oldest_seconds{lane="t2v",tier="base, fast"}"""], 0.001, 600);
        Assert.Equal(0, scrape["""rushes_jobs_queued_total{lane="t2v",tier="base, fast"}"""]);
    }

    [Fact]
    public async Task A_collector_is_told_the_same_names()
    {
        using var folder = new TempFolder();
        await using var collector = await Collector.StartAsync();
        await using var receiver = await TestReceiver.AnsweringAsync(200);
        await using var gateway = await GatewayProcess.StartAsync(
            folder.Path, 1, Cancel, "--metrics", "otlp", "--otlp", collector.Url, "--trace-ratio", "0", "--fetch-allow",
            "127.0.0.0/8");
        using (await gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", new
            { prompt = "A fox", duration = 0.5, webhook_url = receiver.Url }, Cancel)) { }
        await receiver.NextAsync();
        Assert.NotNull(await gateway.WaitForAsync("WebhookTried", Cancel));
        using (var none = await gateway.Http.GetAsync("/metrics", Cancel)) Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        // The last are sent at the end.
        Assert.Equal(0, await gateway.StopAsync(Cancel));

        Assert.Equal(
            NamesIn("docs/operate/metrics.md").Order(),
            collector.Metrics.Keys.Select(sample => sample.Split('{')[0]).Distinct().Order());
        Assert.Equal(1, collector.Metrics["""rushes_jobs_queued_total{lane="t2v",tier="base, fast"}"""]);
        Assert.Equal(1, collector.Metrics["""rushes_jobs_ended_total{lane="t2v",outcome="completed"}"""]);
        Assert.Equal(0, collector.Metrics["""rushes_queue_jobs{lane="t2v",tier="base, fast"}"""]);
        Assert.Equal(1, collector.Metrics["""rushes_job_run_seconds{lane="t2v"}"""]);
        Assert.Equal(1, collector.Metrics["rushes_webhook_lag_seconds"]);
        Assert.Empty(collector.Take());
    }

    [Fact]
    public async Task They_are_off_and_then_for_operators_unless_opened()
    {
        using var stranger = new HttpClient();
        await using (var off = await TestGateway.StartAsync(0, Cancel))
        {
            using var none = await off.Http.GetAsync("/metrics", Cancel);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }

        await using var gateway = await TestGateway.StartAsync(0, Cancel, options: new GatewayOptions { Metrics = "admin" });
        using var rejected = await stranger.GetAsync($"{gateway.Origin}/metrics", Cancel);
        using var received = await gateway.Http.GetAsync("/metrics", Cancel);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (rejected.StatusCode, received.StatusCode));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", $"{received.Content.Headers.ContentType}");
    }

    [Theory]
    [InlineData("api,work,sweep,webhooks")]
    [InlineData("sweep")]
    public async Task Open_metrics_are_told_on_an_address_of_their_own_where_nothing_else_is(string roles)
    {
        await using var gateway = await TestGateway.StartAsync(
            0, Cancel, options: new GatewayOptions { Metrics = "open", Roles = roles });
        using var stranger = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"{gateway.MetricsUrl}/metrics"));
        foreach (var path in (string[])["/", "/console", "/models", "/health/live", "/queue/wan22-fast-t2v", "/admin/accounts"])
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(gateway.MetricsUrl + path));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"{gateway.Origin}/metrics"));
        // A name is no way from one to the other.
        using var disguised = new HttpRequestMessage(
            HttpMethod.Get, $"{gateway.Origin}/metrics") { Headers = { Host = new Uri(gateway.MetricsUrl!).Authority } };
        using var rejected = await stranger.SendAsync(disguised, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, rejected.StatusCode);

        async Task<HttpStatusCode> StatusAsync(string url)
        {
            using var answer = await stranger.GetAsync(url, Cancel);
            return answer.StatusCode;
        }
    }

    /// <summary>All except those that Prometheus adds itself.</summary>
    private static IEnumerable<string> NamesIn(string file) =>
        Regex.Matches(File.ReadAllText(Path.Combine(RoomTests.Root(), file)), @"\brushes_[a-z_]+[a-z]\b(?!…)")
            .Select(match => match.Value)
            .Distinct();

    private static async Task<Scrape> ScrapeAsync(TestGateway gateway) =>
        new(await gateway.Http.GetStringAsync($"{gateway.MetricsUrl}/metrics", Cancel));

    private static async Task<Scrape> ScrapeAsync(TestGateway gateway, Func<Scrape, bool> until)
    {
        while (true)
            if (await ScrapeAsync(gateway) is var scrape && until(scrape)) return scrape;
    }

    private static async Task PostAsync(TestGateway gateway, string path)
    {
        using var answer = await gateway.Http.PostAsync(path, null, Cancel);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task<string> SubmitAsync(TestGateway gateway, TestReceiver? receiver)
    {
        using var created = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v", new { prompt = "A fox", duration = 0.5, webhook_url = receiver?.Url }, Cancel);
        return $"{(await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id")}";
    }
}
