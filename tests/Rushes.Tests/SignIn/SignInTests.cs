using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Rushes.Server.Auth;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.SignIn;

/// <summary>People sign in to the console at an OpenID Connect provider.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private TestProvider provider = null!;
    private TestGateway gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        provider = await TestProvider.StartAsync();
        gateway = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await gateway.DisposeAsync();
        await provider.DisposeAsync();
    }

    [Fact]
    public async Task A_first_sign_in_makes_an_account_and_returns_to_the_page()
    {
        using var browser = Browser(gateway);
        using var page = await browser.GetAsync("/console/sign-in?page=/console/jobs", Cancel);
        Assert.Contains("0;url=/console/jobs", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        foreach (var field in new[] { "state", "nonce", "code_challenge" }) Assert.NotEmpty(provider.Asked[field]);
        Assert.Equal(("S256", "code"), (provider.Asked["code_challenge_method"], provider.Asked["response_type"]));

        var account = await browser.GetFromJsonAsync<JsonElement>("/console/api/account", Cancel);
        Assert.Equal("alice", account.GetProperty("account").GetProperty("name").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync("/console/api/admin/accounts", Cancel)).StatusCode);
        // Again, from elsewhere: the same account and key.
        using var phone = Browser(gateway);
        await phone.GetAsync("/console/sign-in", Cancel);
        Assert.Equal(HttpStatusCode.OK, (await phone.GetAsync("/console/api/account", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console/api/account", Cancel)).StatusCode);
        var keys = await KeysAsync();
        var key = Assert.Single(keys, each => each.GetProperty("person").GetBoolean());
        Assert.Equal("sign-in of alice", key.GetProperty("name").GetString());
        using var rotated = await gateway.Http.PostAsync($"/admin/keys/{key.GetProperty("id")}/rotate", null, Cancel);
        Assert.Equal(HttpStatusCode.Conflict, rotated.StatusCode);
    }

    [Fact]
    public async Task Groups_decide_what_a_person_may_and_losing_them_ends_the_access()
    {
        using var browser = Browser(gateway);
        provider.Visitor = new Visitor("1", "alice", []) { GroupsInToken = ["operators", "unknown"] };
        await browser.GetAsync("/console/sign-in", Cancel);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/console/api/admin/accounts", Cancel)).StatusCode);

        // Renamed and moved to another group: still the same account.
        using var other = Browser(gateway);
        provider.Visitor = new Visitor("1", "alice2", ["studio"]);
        await other.GetAsync("/console/sign-in", Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync("/console/api/admin/accounts", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/console/api/account", Cancel)).StatusCode);
        Assert.Equal("alice", await AccountAsync(other));

        provider.Visitor = new Visitor("1", "alice2", ["unknown"]);
        Assert.Equal("not_allowed", await RejectionAsync(Browser(gateway)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await other.GetAsync("/console/api/account", Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_person_gets_no_account_of_another_unless_the_operator_allows_it()
    {
        await gateway.Http.AddAccountAsync("alice", "default", Cancel);
        Assert.Equal("account_exists", await RejectionAsync(Browser(gateway)));
        provider.Visitor = new Visitor("2", "42", ["studio"]);
        Assert.Equal("no_account_name", await RejectionAsync(Browser(gateway)));

        await using var joining = await StartAsync(options => options with { OidcJoin = true });
        var id = await joining.Http.AddAccountAsync("alice", "default", Cancel);
        provider.Visitor = new Visitor("1", "alice", ["studio"]);
        using var browser = Browser(joining);
        await browser.GetAsync("/console/sign-in", Cancel);
        var account = await browser.GetFromJsonAsync<JsonElement>("/console/api/account", Cancel);
        Assert.Equal(id, account.GetProperty("account").GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task An_operator_shuts_a_person_out_with_the_persons_key()
    {
        using var browser = Browser(gateway);
        await browser.GetAsync("/console/sign-in", Cancel);
        var key = (await KeysAsync()).Single(each => each.GetProperty("person").GetBoolean()).GetProperty("id").GetInt64();
        await gateway.Http.CallAsync(HttpMethod.Delete, $"/admin/keys/{key}", null, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/console/api/account", Cancel)).StatusCode);
        Assert.Equal("revoked", await RejectionAsync(Browser(gateway)));
    }

    [Fact]
    public async Task Signing_out_leads_to_the_provider_and_ends_the_session()
    {
        using var browser = Browser(gateway);
        await browser.GetAsync("/console/sign-in", Cancel);
        using var answer = await browser.DeleteAsync("/console/api/session", Cancel);
        var url = (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("url").GetString()!;
        Assert.StartsWith($"{provider.Url}/logout?", url, StringComparison.Ordinal);
        foreach (var field in new[] { "id_token_hint=ey", "client_id=rushes", "post_logout_redirect_uri=" })
            Assert.Contains(field, url, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/console/api/account", Cancel)).StatusCode);
        using var left = await browser.GetAsync(url, Cancel);
        Assert.Equal(("/console", 1), (left.RequestMessage!.RequestUri!.AbsolutePath, provider.SignOuts));
        // A session of a key ends here alone.
        Assert.Equal(HttpStatusCode.NoContent, (await browser.DeleteAsync("/console/api/session", Cancel)).StatusCode);
    }

    [Fact]
    public async Task An_answer_that_this_browser_did_not_ask_for_opens_no_session()
    {
        using var victim = Browser(gateway);
        using var attacker = Browser(gateway, follow: false);
        using var start = await attacker.GetAsync("/console/sign-in", Cancel);
        using var provided = await attacker.GetAsync(start.Headers.Location, Cancel);
        Assert.Equal("failed", RejectionOf(await victim.GetAsync(provided.Headers.Location, Cancel)));
        Assert.Equal(HttpStatusCode.Unauthorized, (await victim.GetAsync("/console/api/account", Cancel)).StatusCode);
        Assert.Equal("failed", RejectionOf(await victim.GetAsync("/console/sign-in/callback?code=x&state=y", Cancel)));
        // The same answer in the browser that asked is accepted, once.
        using var entered = await attacker.GetAsync(provided.Headers.Location, Cancel);
        Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
        using var again = await attacker.GetAsync(provided.Headers.Location, Cancel);
        Assert.EndsWith("#refused=failed", again.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/console")]
    [InlineData("//evil.example")]
    [InlineData("/console\\\\evil.example")]
    [InlineData("/consoles")]
    [InlineData("/admin/accounts")]
    [InlineData("javascript:alert(1)")]
    public async Task It_returns_to_pages_of_the_console_alone(string page)
    {
        using var browser = Browser(gateway);
        var answer = await browser.GetStringAsync($"/console/sign-in?page={Uri.EscapeDataString(page)}", Cancel);
        Assert.Contains("content=\"0;url=/console\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_down_or_a_person_who_cancels_leads_back_to_the_console()
    {
        provider.Visitor = null;
        Assert.Equal("cancelled", await RejectionAsync(Browser(gateway)));
        await using var lonely = await StartAsync(options => options with { OidcAuthority = "http://127.0.0.1:9" });
        Assert.Equal("unreachable", await RejectionAsync(Browser(lonely)));
        // Keys do not need it.
        using var browser = Browser(lonely);
        browser.DefaultRequestHeaders.Add("Authorization", $"Bearer {TestGateway.Key}");
        Assert.Equal(HttpStatusCode.OK, (await browser.PostAsync("/console/api/session", null, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Any_gateway_of_a_database_takes_the_answer()
    {
        // The second gateway is the first one restarted: what the browser carries is not of one process.
        using var folder = new TempFolder();
        var options = Options();
        string location;
        using var cookies = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(cookies, disposeHandler: false);
        await using (var first = await TestGateway.StartAsync(0, Cancel, folder.Path, options))
        {
            using var start = await browser.GetAsync($"{first.Origin}/console/sign-in", Cancel);
            using var provided = await browser.GetAsync(start.Headers.Location, Cancel);
            location = provided.Headers.Location!.PathAndQuery;
        }

        await using var again = await TestGateway.StartAsync(0, Cancel, folder.Path, options);
        using var entered = await browser.GetAsync(again.Origin + location, Cancel);
        Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
    }

    private GatewayOptions Options() => new()
    {
        OidcAuthority = provider.Url, OidcClientId = TestProvider.ClientId, OidcClientSecret = TestProvider.ClientSecret,
        OidcName = "Example", OidcGroups = "studio=submit+read, operators=admin+submit+read",
    };

    private Task<TestGateway> StartAsync(Func<GatewayOptions, GatewayOptions>? change = null) =>
        TestGateway.StartAsync(0, Cancel, options: (change ?? (options => options))(Options()));

    /// <summary>With cookies for the gateway and the provider, as browsers have.</summary>
    private static HttpClient Browser(TestGateway gateway, bool follow = true)
    {
        var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = follow })
        {
            BaseAddress = new Uri(gateway.Origin),
        };
        browser.DefaultRequestHeaders.Add(ConsoleSessions.Header, "1");
        return browser;
    }

    private static async Task<string?> RejectionAsync(HttpClient browser)
    {
        using (browser) return RejectionOf(await browser.GetAsync("/console/sign-in", Cancel));
    }

    /// <summary>The reason in the address that the browser ended at.</summary>
    private static string? RejectionOf(HttpResponseMessage answer)
    {
        using (answer) return answer.RequestMessage!.RequestUri!.Fragment is ['#', .. var rest] ? rest.Split('=')[1] : null;
    }

    private static async Task<string?> AccountAsync(HttpClient browser) =>
        (await browser.GetFromJsonAsync<JsonElement>("/console/api/account", Cancel))
        .GetProperty("account").GetProperty("name").GetString();

    private async Task<IReadOnlyList<JsonElement>> KeysAsync() =>
        [.. (await gateway.Http.GetFromJsonAsync<JsonElement>("/admin/keys", Cancel)).GetProperty("keys").EnumerateArray()];
}
