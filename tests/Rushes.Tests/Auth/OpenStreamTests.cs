using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Server.Auth;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Rushes.Tests.Faults;
using Rushes.Tests.Postgres;
using Xunit;

namespace Rushes.Tests.Auth;

/// <summary>Open streams end with their key or session, and their number is limited.</summary>
public sealed class OpenStreamTests
{
    private const string Model = "/queue/wan22-fast-t2v";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("revoked")]
    [InlineData("rotated")]
    [InlineData("rotated with a second's grace")]
    [InlineData("suspended")]
    public async Task A_stream_ends_with_its_key(string how)
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (id, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var client = AdminApi.With(gateway.Origin, key);
        using var stream = await OpenAsync(client, $"{Model}/requests/{await CreateAsync(client)}/status/stream");
        using var events = new StreamReader(await stream.Content.ReadAsStreamAsync(Cancel));
        // Its key must not end before it has begun.
        for (var line = ""; !line.Contains("queued-0", StringComparison.Ordinal);)
            line = await events.ReadLineAsync(Cancel) ?? throw new EndOfStreamException();
        switch (how)
        {
            case "revoked":
                await gateway.Http.CallAsync(HttpMethod.Delete, $"/admin/keys/{id}", null, Cancel);
                break;
            case "rotated":
                await gateway.Http.CallAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate", new { }, Cancel);
                break;
            case "rotated with a second's grace":
                await gateway.Http.CallAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate", new { grace_seconds = 1 }, Cancel);
                break;
            case "suspended":
                await gateway.Http.CallAsync(HttpMethod.Patch, $"/admin/accounts/{account}", new { suspended = true }, Cancel);
                break;
        }

        // It is read to its end, which an open stream of a queued job does not have.
        await events.ReadToEndAsync(Cancel);
    }

    [Fact]
    public async Task A_stream_ends_when_its_key_expires()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var path = $"{Model}/requests/{await CreateAsync(gateway.Http)}/status/stream";
        var read = "";
        // A slow machine may need longer than the key is valid: the next one is valid longer.
        for (var seconds = 3; !read.Contains("queued-0", StringComparison.Ordinal); seconds *= 2)
        {
            using var made = await gateway.Http.PostAsJsonAsync(
                "/admin/keys",
                new { account = 1, name = "a key", expires_at = TimeProvider.System.GetUtcNow().AddSeconds(seconds) }, Cancel);
            if (made.StatusCode == HttpStatusCode.BadRequest)
            {
                Assert.Contains("expires_at", await made.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
                continue;
            }
            var key = (await made.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("key").GetString();
            using var client = AdminApi.With(gateway.Origin, key);
            using var stream = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancel);
            // It is read to its end, which an open stream of a queued job does not have.
            read = await stream.Content.ReadAsStringAsync(Cancel);
            Assert.True(stream.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized, read);
        }
    }

    [Theory]
    [InlineData(0, "IN_QUEUE")]
    [InlineData(1, "IN_PROGRESS")]
    public async Task A_run_that_is_waited_for_ends_with_its_key(int workers, string state)
    {
        using var folder = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(
            workers, Cancel, options: new GatewayOptions { Engine = await new WaitingEngine(folder).WriteAsync(Cancel) });
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (id, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var client = AdminApi.With(gateway.Origin, key);
        var run = client.PostAsJsonAsync(
            "/run/fal-ai/wan/v2.2-a14b/text-to-video", new { prompt = "A fox" }, Cancel);
        await Eventually.TrueAsync(async () => await StateAsync() == state, Cancel);

        await gateway.Http.CallAsync(HttpMethod.Delete, $"/admin/keys/{id}", null, Cancel);
        using var answer = await run;
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        // The worker of one that runs is told by its next heartbeat.
        await Eventually.TrueAsync(async () => await StateAsync() is not ("IN_QUEUE" or "IN_PROGRESS"), Cancel);
        Assert.Equal("CANCELLED", await StateAsync());

        async Task<string?> StateAsync()
        {
            var jobs = await gateway.Http.CallAsync(HttpMethod.Get, $"/admin/jobs?account={account}", null, Cancel);
            return jobs.GetProperty("jobs").EnumerateArray()
                .Select(job => job.GetProperty("status").GetString())
                .SingleOrDefault();
        }
    }

    [Fact]
    public async Task An_account_has_so_many_streams_and_no_more()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel, options: new GatewayOptions { StreamsPerAccount = 2 });
        var path = $"{Model}/requests/{await CreateAsync(gateway.Http)}/status/stream";
        using var first = await OpenAsync(gateway.Http, path);
        var second = await OpenAsync(gateway.Http, path);
        using (var rejected = await gateway.Http.GetAsync(path, Cancel))
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, "5"), (rejected.StatusCode, $"{rejected.Headers.RetryAfter}"));
            Assert.Equal(
                "too_many_requests",
                (await rejected.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("code").GetString());
        }

        // One that is closed makes room, once the server saw it.
        second.Dispose();
        await Eventually.TrueAsync(
            async () =>
            {
                using var third = await gateway.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancel);
                return third.StatusCode == HttpStatusCode.OK;
            },
            Cancel);
    }

    [Fact]
    public async Task A_create_call_that_waits_counts_as_a_stream_and_one_that_does_not_is_free()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel, options: new GatewayOptions { StreamsPerAccount = 1 });
        using var stream = await OpenAsync(gateway.Http, $"{Model}/requests/{await CreateAsync(gateway.Http)}/status/stream");
        foreach (var (wait, expected) in new[] { (true, HttpStatusCode.TooManyRequests), (false, HttpStatusCode.Created) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/models/rushes/wan22-fast-t2v/predictions")
            {
                Content = JsonContent.Create(new { input = new { prompt = "A fox" } }),
            };
            if (wait) request.Headers.Add("Prefer", "wait=60");
            using var answer = await gateway.Http.SendAsync(request, Cancel);
            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_session_is_known_and_ended_at_every_gateway()
    {
        using var folder = new TempFolder();
        var server = await PostgresCluster.SharedAsync();
        var options = new GatewayOptions { Database = server.Url(await server.CreateAsync($"sessions{Guid.NewGuid():N}")) };
        await using var one = await TestGateway.StartAsync(0, Cancel, folder["one"], options);
        await using var other = await TestGateway.StartAsync(0, Cancel, folder["other"], options);
        var job = await CreateAsync(one.Http);
        using var signedIn = await one.Http.PostAsync("/console/api/session", null, Cancel);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var atOne = AdminApi.With(one.Origin, null);
        using var atOther = AdminApi.With(other.Origin, null);
        foreach (var browser in new[] { atOne, atOther })
        {
            browser.DefaultRequestHeaders.Add("Cookie", cookie);
            browser.DefaultRequestHeaders.Add(ConsoleSessions.Header, "1");
        }

        Assert.Equal(HttpStatusCode.OK, (await atOther.GetAsync("/console/api/account", Cancel)).StatusCode);
        // A stream that is opened before the other gateway has read the session and the job ends or is rejected.
        using var stream = await Eventually.ReadAsync(
            () => atOther.GetAsync($"/console/api/jobs/{job}/stream", HttpCompletionOption.ResponseHeadersRead, Cancel),
            answer => answer.IsSuccessStatusCode,
            Cancel);

        Assert.Equal(HttpStatusCode.NoContent, (await atOne.DeleteAsync("/console/api/session", Cancel)).StatusCode);
        await stream.Content.ReadAsStringAsync(Cancel);
        // The stream may have ended because it began before the other gateway was told of the session.
        await Eventually.TrueAsync(
            async () => (await atOther.GetAsync("/console/api/account", Cancel)).StatusCode == HttpStatusCode.Unauthorized,
            Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, (await atOne.GetAsync("/console/api/account", Cancel)).StatusCode);
    }

    private static async Task<string> CreateAsync(HttpClient http)
    {
        using var answer = await http.PostAsJsonAsync(Model, new { prompt = "A fox", duration = 0.5 }, Cancel);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
    }

    /// <summary>Returns once the headers of the response have arrived.</summary>
    private static async Task<HttpResponseMessage> OpenAsync(HttpClient http, string path)
    {
        var answer = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancel);
        answer.EnsureSuccessStatusCode();
        return answer;
    }
}
