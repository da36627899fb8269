using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Server.Auth;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Rushes.Tests.Media;
using Xunit;

namespace Rushes.Tests.Auth;

public sealed class DoorTests
{
    private static readonly object Wish = new { prompt = "A fox" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_window_of_jobs_is_told_and_held_to()
    {
        await using var gateway = await StartAsync("""{ "jobsPerWindow": 2, "windowSeconds": 3600 }""");
        using var first = await CreateAsync(gateway);
        using var second = await CreateAsync(gateway);
        using var third = await CreateAsync(gateway);

        Assert.Equal(["2", "1"], [Header(first, "RateLimit-Limit"), Header(first, "RateLimit-Remaining")]);
        Assert.Equal((HttpStatusCode.OK, "0"), (second.StatusCode, Header(second, "RateLimit-Remaining")));
        Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
        Assert.InRange(int.Parse(Header(third, "Retry-After")), 3500, 3600);
        Assert.InRange(int.Parse(Header(third, "RateLimit-Reset")), 3500, 3600);
        Assert.Equal("too_many_requests", await CodeAsync(third));
    }

    [Fact]
    public async Task A_repeated_request_takes_no_second_place_in_the_window()
    {
        await using var gateway = await StartAsync("""{ "jobsPerWindow": 1, "windowSeconds": 3600 }""");
        for (var i = 0; i < 3; i++)
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post, "/queue/wan22-fast-t2v") { Content = JsonContent.Create(Wish) };
            request.Headers.Add("Idempotency-Key", "one");
            using var answer = await gateway.Http.SendAsync(request, Cancel);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task More_requests_a_second_than_the_plan_allows_are_rejected_in_the_dialects_words()
    {
        await using var gateway = await StartAsync("""{ "requestsPerSecond": 0.001 }""");
        using var first = await gateway.Http.GetAsync("/queue/wan22-fast-t2v/requests/7/status", Cancel);
        using var second = await gateway.Http.GetAsync("/queue/wan22-fast-t2v/requests/7/status", Cancel);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.TooManyRequests), (first.StatusCode, second.StatusCode));
        Assert.InRange(int.Parse(Header(second, "Retry-After")), 900, 1000);
        Assert.Equal("too_many_requests", await CodeAsync(second));
    }

    [Theory]
    [InlineData("/wan2.2-s2v-polling/getStatusSpeechToVideo", """{"error":"Rate limit exceeded, please retry later"}""")]
    [InlineData("/api/v1/jobs/cancelTask", """{"code":429,"msg":"The request rate of the plan was exceeded;"""
        + """ retry later.","message":"The request rate of the plan was exceeded; retry later.","data":null}""")]
    [InlineData("/fal-ai/wan/v2.2-a14b/text-to-video",
        """{"detail":"The request rate of the plan was exceeded; retry later."}""")]
    public async Task Each_dialect_has_its_own_words_for_that(string path, string words)
    {
        await using var gateway = await StartAsync("""{ "requestsPerSecond": 0.001 }""");
        using var first = await gateway.Http.PostAsJsonAsync(path, new { }, Cancel);
        using var second = await gateway.Http.PostAsJsonAsync(path, new { }, Cancel);
        Assert.Equal(
            (HttpStatusCode.TooManyRequests, words), (second.StatusCode, await second.Content.ReadAsStringAsync(Cancel)));
    }

    [Fact]
    public async Task Jobs_that_come_at_once_do_not_go_over_the_most_that_may_wait()
    {
        await using var gateway = await StartAsync("""{ "mostQueued": 5 }""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => CreateAsync(gateway)));
        var taken = answers.Count(answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.InRange(taken, 1, 5);
        Assert.Equal(40 - taken, answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests));
        foreach (var answer in answers) answer.Dispose();

        // One by one it is exact.
        for (; taken <= 5; taken++)
        {
            using var next = await CreateAsync(gateway);
            Assert.Equal(taken < 5 ? HttpStatusCode.OK : HttpStatusCode.TooManyRequests, next.StatusCode);
        }
    }

    [Theory]
    [InlineData("""{ "models": ["hunyuan-*"] }""", HttpStatusCode.Forbidden, "not_allowed")]
    [InlineData("""{ "models": ["hunyuan-*", "wan22-fast-t2v*"] }""", HttpStatusCode.OK, null)]
    [InlineData("""{ "highestTier": "fast" }""", HttpStatusCode.Forbidden, "not_allowed")]
    [InlineData("""{ "highestTier": "pro" }""", HttpStatusCode.OK, null)]
    [InlineData("""{ "maxSeconds": 4 }""", HttpStatusCode.Forbidden, "not_allowed")]
    [InlineData("""{ "maxSeconds": 5 }""", HttpStatusCode.OK, null)]
    [InlineData("""{ "maxSide": 800 }""", HttpStatusCode.Forbidden, "not_allowed")]
    [InlineData("""{ "maxSide": 832 }""", HttpStatusCode.OK, null)]
    [InlineData("""{ "maxInputBytes": 10 }""", HttpStatusCode.OK, null)]
    public async Task A_plan_says_what_may_be_asked_for(string plan, HttpStatusCode status, string? code)
    {
        await using var gateway = await StartAsync(plan);
        using var answer = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-t2v-pro", new { prompt = "A fox", duration = 5 }, Cancel);
        Assert.Equal(status, answer.StatusCode);
        if (code is not null) Assert.Equal(code, await CodeAsync(answer));
    }

    [Theory]
    [InlineData(16)]
    [InlineData(60)]
    public async Task A_higher_frame_rate_gets_no_more_frames_out_of_a_plan(int rate)
    {
        await using var gateway = await StartAsync("""{ "maxSeconds": 5 }""");
        const string path = "/fal-ai/wan/v2.2-a14b/text-to-video?dry_run=true";
        using var most = await gateway.Http.PostAsJsonAsync(
            path, new { prompt = "A fox", num_frames = 81, frames_per_second = rate }, Cancel);
        using var over = await gateway.Http.PostAsJsonAsync(
            path, new { prompt = "A fox", num_frames = 82, frames_per_second = rate }, Cancel);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (most.StatusCode, over.StatusCode));
    }

    [Fact]
    public async Task Media_over_the_plans_size_are_rejected()
    {
        using var folder = new TempFolder();
        var picture = await File.ReadAllBytesAsync(await FFmpeg.MakeAsync(folder["picture.png"], FFmpeg.Picture), Cancel);
        await using var gateway = await StartAsync("""{ "maxInputBytes": 10 }""");
        using var answer = await gateway.Http.PostAsJsonAsync(
            "/queue/wan22-fast-i2v", new { prompt = "A fox", data_uri = Convert.ToBase64String(picture) }, Cancel);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too_large"), (answer.StatusCode, await CodeAsync(answer)));
    }

    [Fact]
    public async Task An_address_that_guesses_keys_waits_and_a_key_that_was_good_there_goes_on()
    {
        await using var gateway = await TestGateway.StartAsync(
            0, Cancel, options: new GatewayOptions { KnownProxies = "127.0.0.1" });
        Assert.Equal(HttpStatusCode.NotFound, await TryAsync(gateway, TestGateway.Key, "198.51.100.7"));
        for (var i = 0; i < KeyGuard.PerAddress; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(gateway, $"wrong-{i}", "198.51.100.7"));

        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(gateway, "wrong", "198.51.100.7"));
        Assert.Equal(HttpStatusCode.NotFound, await TryAsync(gateway, TestGateway.Key, "198.51.100.7"));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(gateway, null, "198.51.100.7"));
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(gateway, "wrong", "198.51.100.8"));
    }

    [Fact]
    public async Task A_right_guess_from_an_address_that_waits_looks_like_a_wrong_one()
    {
        await using var gateway = await TestGateway.StartAsync(
            0, Cancel, options: new GatewayOptions { KnownProxies = "127.0.0.1" });
        for (var i = 0; i < KeyGuard.PerAddress; i++) await TryAsync(gateway, $"wrong-{i}", "198.51.100.7");
        Assert.Equal(HttpStatusCode.TooManyRequests, await TryAsync(gateway, TestGateway.Key, "198.51.100.7"));

        // Nor does an endpoint tell that needs no key.
        using var http = AdminApi.With(gateway.Origin, TestGateway.Key);
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "198.51.100.7");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live", Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_network_whose_addresses_guess_in_turn_waits_as_a_whole()
    {
        await using var gateway = await TestGateway.StartAsync(
            0, Cancel, options: new GatewayOptions { KnownProxies = "127.0.0.1" });
        for (var i = 0; i < KeyGuard.PerNetwork; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(gateway, "wrong", $"198.51.100.{i + 1}"));
        // Each pause has given one more, and a slow machine takes longer than that for the tries above.
        HttpStatusCode status;
        var last = KeyGuard.PerNetwork;
        do status = await TryAsync(gateway, "wrong", $"198.51.100.{++last}");
        while (status == HttpStatusCode.Unauthorized && last < 250);
        Assert.Equal(HttpStatusCode.TooManyRequests, status);
        Assert.Equal(HttpStatusCode.Unauthorized, await TryAsync(gateway, "wrong", "198.51.101.250"));
    }

    [Fact]
    public void Each_pause_gives_one_more_try()
    {
        var clock = new FakeClock();
        var guard = new KeyGuard(clock);
        var address = IPAddress.Parse("2001:db8:1:2::1");
        for (var i = 0; i < KeyGuard.PerAddress; i++)
        {
            Assert.Null(guard.Wait(null, address));
            guard.CountWrong(address);
        }

        Assert.Equal(KeyGuard.AddressPause, guard.Wait(null, IPAddress.Parse("2001:db8:1:2:ffff::1")));
        Assert.Null(guard.Wait(null, IPAddress.Parse("2001:db8:1:3::1")));
        clock.Advance(KeyGuard.AddressPause);
        Assert.Null(guard.Wait(null, address));
        guard.CountWrong(address);
        Assert.Equal(KeyGuard.AddressPause, guard.Wait(null, address));
    }

    [Theory]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true, true)]
    [InlineData("192.0.2.7", "192.0.2.8", false, true)]
    [InlineData("192.0.2.7", "192.0.3.7", false, false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:8000::1", true, true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false, true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:2:2::1", false, false)]
    public void Addresses_are_told_apart_as_far_as_one_client_cannot_change_them(
        string one, string other, bool sameAddress, bool sameNetwork)
    {
        var (first, second) = (IPAddress.Parse(one), IPAddress.Parse(other));
        Assert.Equal(sameAddress, ClientAddress.Of(first) == ClientAddress.Of(second));
        Assert.Equal(sameNetwork, ClientAddress.NetworkOf(first) == ClientAddress.NetworkOf(second));
    }

    [Fact]
    public void A_flood_of_addresses_takes_no_more_memory_and_forgets_nobody_who_waits()
    {
        var limit = new SourceLimit(2, TimeSpan.FromMinutes(1), new FakeClock());
        limit.Count(1);
        limit.Count(1);
        for (var i = 0; i < 30_000; i++) limit.Count((UInt128)i + 2);
        Assert.InRange(limit.Tracked, 1, SourceLimit.MaxSources + 1);
        Assert.NotNull(limit.Wait(1));
        // Those that came too late to be told apart wait together.
        Assert.NotNull(limit.Wait(1_000_000));
    }

    [Fact]
    public async Task Redelivery_has_a_rate()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        for (var i = 0; i < CallRate.Redelivery.PerMinute; i++)
        {
            using var unknown = await gateway.Http.PostAsync("/webhooks/deliveries/7/redeliver", null, Cancel);
            Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        }

        foreach (var path in new[] { "/webhooks/deliveries/7/redeliver", "/console/api/jobs/7/deliveries/7/redeliver" })
        {
            using var rejected = await gateway.Http.PostAsync(path, null, Cancel);
            Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_requests"), (rejected.StatusCode, await CodeAsync(rejected)));
            Assert.InRange(int.Parse(Header(rejected, "Retry-After")), 1, 60);
        }
    }

    [Theory]
    [InlineData("/webhooks/secret")]
    [InlineData("/models")]
    [InlineData("/admin/keys")]
    [InlineData("/jobs")]
    public async Task Answers_to_a_key_are_not_stored_on_the_way(string path)
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var answer = await gateway.Http.GetAsync(path, Cancel);
        Assert.Equal((HttpStatusCode.OK, "no-store"), (answer.StatusCode, answer.Headers.CacheControl?.ToString()));
    }

    /// <summary>A gateway without workers whose every account has this plan.</summary>
    private static async Task<TestGateway> StartAsync(string plan)
    {
        var folder = Directory.CreateTempSubdirectory("rushes-test-").FullName;
        var catalog = Path.Combine(folder, "catalog.json");
        await File.WriteAllTextAsync(catalog, $$"""{ "plans": { "default": {{plan}} } }""", Cancel);
        try
        {
            return await TestGateway.StartAsync(0, Cancel, options: new GatewayOptions { Catalog = catalog });
        }
        finally
        {
            // It was read.
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<HttpResponseMessage> CreateAsync(TestGateway gateway) =>
        gateway.Http.PostAsJsonAsync("/queue/wan22-fast-t2v", Wish, Cancel);

    private static async Task<HttpStatusCode> TryAsync(TestGateway gateway, string? key, string client)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{gateway.Origin}/queue/wan22-fast-t2v/requests/7/status");
        request.Headers.Add("X-Forwarded-For", client);
        if (key is not null) request.Headers.Add("Authorization", $"Bearer {key}");
        using var answer = await http.SendAsync(request, Cancel);
        if (answer.StatusCode == HttpStatusCode.TooManyRequests) Assert.InRange(int.Parse(Header(answer, "Retry-After")), 1, 60);
        return answer.StatusCode;
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(',', answer.Headers.GetValues(name));

    private static async Task<string> CodeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("code").GetString()!;
}
