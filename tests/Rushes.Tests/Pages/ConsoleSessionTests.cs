using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rushes.Accounts;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Settings;
using Rushes.Server.SignIn;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Pages;

/// <summary>Signing in to the console: the cookie and what it opens.</summary>
public sealed class ConsoleSessionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_signs_in_and_a_cookie_that_no_script_reads_stays()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = Browser(gateway);
        Assert.False((await StartAsync(browser)).TryGetProperty("session", out _));

        using var signedIn = await SignInAsync(browser, TestGateway.Key);
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single();
        foreach (var part in new[] { "path=/console", "httponly", "samesite=strict", "max-age=43200" })
            Assert.Contains(part, cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(TestGateway.Key, cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);

        var who = (await StartAsync(browser)).GetProperty("session");
        Assert.Equal("first", who.GetProperty("account").GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console/api/jobs", Cancel)).StatusCode);
        // It is no key.
        foreach (var path in new[] { "/admin/accounts", "/webhooks/secret" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(path, Cancel)).StatusCode);

        await browser.DeleteAsync("/console/api/session", Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/console/api/jobs", Cancel)).StatusCode);
        // Whoever has a copy of the cookie is signed out too.
        using var copy = AdminApi.With(gateway.Origin, null);
        copy.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await copy.GetAsync("/console/api/jobs", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Cookies_of_a_connection_with_TLS_are_sent_only_over_TLS()
    {
        await using var gateway = await TestGateway.StartAsync(
            0, Cancel, options: new GatewayOptions { KnownProxies = "127.0.0.1" });
        gateway.Http.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        using var signedIn = await gateway.Http.PostAsync("/console/api/session", null, Cancel);
        Assert.Contains("; secure", signedIn.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
        using var signedOut = await gateway.Http.DeleteAsync("/console/api/session", Cancel);
        Assert.All(
            signedOut.Headers.GetValues("Set-Cookie"),
            cookie => Assert.Contains("; secure", cookie, StringComparison.OrdinalIgnoreCase));

        // The one of an identity provider, too.
        var http = new DefaultHttpContext();
        http.Request.Scheme = "https";
        IdentityProvider.Keep(http, "a token");
        Assert.Contains("; secure", http.Response.Headers.SetCookie.Single(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_page_of_another_origin_cannot_use_the_cookie()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = Browser(gateway);
        await SignInAsync(browser, TestGateway.Key);

        using var body = JsonContent.Create(new { prompt = "A fox" });
        using var forged = await browser.PostAsync("/console/api/models/wan22-fast-t2v/jobs", body, Cancel);
        Assert.Equal((HttpStatusCode.Forbidden, "forged"), (forged.StatusCode, await CodeAsync(forged)));

        browser.DefaultRequestHeaders.Add(ConsoleSessions.Header, "1");
        using var own = await browser.PostAsync("/console/api/models/wan22-fast-t2v/jobs", body, Cancel);
        Assert.Equal(HttpStatusCode.Created, own.StatusCode);

        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/console/api/models/wan22-fast-t2v/jobs");
        preflight.Headers.Add("Origin", "http://127.0.0.1:3000");
        preflight.Headers.Add("Access-Control-Request-Headers", ConsoleSessions.Header);
        Assert.False((await browser.SendAsync(preflight, Cancel)).Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_session_ends_with_its_key_and_may_what_its_key_may()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (id, key) = await gateway.Http.AddKeyAsync(account, Cancel, ["read"]);
        using var browser = Browser(gateway);
        browser.DefaultRequestHeaders.Add(ConsoleSessions.Header, "1");
        await SignInAsync(browser, key);

        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console/api/jobs", Cancel)).StatusCode);
        using var body = JsonContent.Create(new { prompt = "A fox" });
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await browser.PostAsync("/console/api/models/wan22-fast-t2v/jobs", body, Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/console/api/admin/accounts", Cancel)).StatusCode);

        await gateway.Http.CallAsync(HttpMethod.Delete, $"/admin/keys/{id}", null, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/console/api/jobs", Cancel)).StatusCode);
    }

    [Fact]
    public async Task The_first_page_comes_with_what_can_be_asked_for_if_the_key_may_read()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = Browser(gateway);
        // Whatever an account is called, it stays within its element.
        var account = await gateway.Http.AddAccountAsync("</script><h1>{{start}}", "default", Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel, ["read"]);
        await SignInAsync(browser, key);
        var start = await StartAsync(browser);
        Assert.Equal(
            "</script><h1>{{start}}", start.GetProperty("session").GetProperty("account").GetProperty("name").GetString());
        Assert.True(
            JsonElement.DeepEquals(
                await browser.GetFromJsonAsync<JsonElement>("/console/api/catalog", Cancel), start.GetProperty("catalog")));

        Assert.False((await StartAsync(browser, "/console/jobs")).TryGetProperty("catalog", out _));
        (_, key) = await gateway.Http.AddKeyAsync(account, Cancel, ["submit"]);
        await SignInAsync(browser, key);
        Assert.False((await StartAsync(browser)).TryGetProperty("catalog", out _));
    }

    [Theory]
    [InlineData("rotated")]
    [InlineData("suspended")]
    public async Task A_session_ends_with_a_rotated_key_and_a_suspended_account(string how)
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (id, key) = await gateway.Http.AddKeyAsync(account, Cancel, ["read"]);
        using var browser = Browser(gateway);
        await SignInAsync(browser, key);
        if (how == "rotated")
        {
            await gateway.Http.CallAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate", new { grace_seconds = 3600 }, Cancel);
        }
        else
        {
            await gateway.Http.CallAsync(HttpMethod.Patch, $"/admin/accounts/{account}", new { suspended = true }, Cancel);
            await gateway.Http.CallAsync(HttpMethod.Patch, $"/admin/accounts/{account}", new { suspended = false }, Cancel);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/console/api/jobs", Cancel)).StatusCode);
    }

    [Fact]
    public async Task Nothing_on_disk_is_a_session()
    {
        using var folder = new TempFolder();
        await using var gateway = await TestGateway.StartAsync(0, Cancel, folder.Path);
        using var browser = Browser(gateway);
        using var signedIn = await SignInAsync(browser, TestGateway.Key);
        var id = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0].Split('=', 2)[1];
        foreach (var file in Directory.EnumerateFiles(folder.Path, "rushes.db*"))
        {
            var text = System.Text.Encoding.Latin1.GetString(await ReadSharedAsync(file));
            Assert.DoesNotContain(id, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Wrong_keys_are_counted_as_anywhere_else()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = Browser(gateway);
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(browser, TestGateway.Key)).StatusCode);
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(browser, $"guess number {i}")).StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await SignInAsync(browser, "guess number 20")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(browser, TestGateway.Key)).StatusCode);
    }

    [Fact]
    public async Task A_cookie_counts_under_the_plans_rate_as_its_key_does()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(
            folder["catalog.json"], """{ "plans": { "default": { "requestsPerSecond": 0.001 } } }""", Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, folder.Path);
        using var browser = Browser(gateway);
        Assert.Equal(HttpStatusCode.OK, (await SignInAsync(browser, TestGateway.Key)).StatusCode);
        using var rejected = await browser.GetAsync("/console/api/jobs", Cancel);
        Assert.Equal((HttpStatusCode.TooManyRequests, "too_many_requests"), (rejected.StatusCode, await CodeAsync(rejected)));
    }

    [Fact]
    public async Task A_session_has_an_end()
    {
        using var folder = new TempFolder();
        var clock = new FakeClock();
        await using var database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), clock);
        var account = await database.Accounts.EnsureAccountAsync("first", Cancel);
        var key = await database.Keys.AddKeyAsync(new ApiKey
        {
            Hash = ApiKey.HashOf("a key"), Account = account, Name = "a", Scopes = Scopes.Read, CreatedAt = clock.GetUtcNow(),
        }, "test", Cancel);
        var sessions = new ConsoleSessions(database.Sessions, clock);
        database.Followers.AddSessions("test", sessions.Apply);
        var http = new DefaultHttpContext();
        Assert.True(await sessions.OpenAsync(http, new Caller(key.Id, "a", account, Scopes.Read), Cancel));
        var cookie = http.Response.Headers.SetCookie.ToString().Split(';')[0].Split('=', 2)[1];

        Assert.Equal(key.Id, (await sessions.FindAsync(With(cookie), Cancel))!.Key);
        foreach (var broken in new[] { "", "x", cookie[1..], cookie + "A", new string('A', 43), "ä" })
            Assert.Null(await sessions.FindAsync(With(broken), Cancel));
        // A gateway that was not told of it yet finds it in the database.
        Assert.NotNull(await new ConsoleSessions(database.Sessions, clock).FindAsync(With(cookie), Cancel));
        clock.Advance(ConsoleSessions.Life - TimeSpan.FromSeconds(1));
        Assert.NotNull(await sessions.FindAsync(With(cookie), Cancel));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await sessions.FindAsync(With(cookie), Cancel));
    }

    private static async Task<byte[]> ReadSharedAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, Cancel);
        return bytes;
    }

    /// <summary>What the page tells its script.</summary>
    private static async Task<JsonElement> StartAsync(HttpClient browser, string path = "/console")
    {
        var page = await browser.GetStringAsync(path, Cancel);
        const string From = "<script type=\"application/json\" id=\"start\">";
        var start = page.IndexOf(From, StringComparison.Ordinal) + From.Length;
        return JsonDocument.Parse(page[start..page.IndexOf("</script>", start, StringComparison.Ordinal)]).RootElement;
    }

    private static HttpRequest With(string cookie)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.Cookie = $"rushes-console={cookie}";
        return http.Request;
    }

    private static HttpClient Browser(TestGateway gateway) => new() { BaseAddress = new Uri(gateway.Origin) };

    private static Task<HttpResponseMessage> SignInAsync(HttpClient browser, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/console/api/session");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return browser.SendAsync(request, Cancel);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("code").GetString();
}
