using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Admin;

/// <summary>The admin API, as an operator's program uses it.</summary>
public sealed class AdminTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_keys_with_the_scope_admin_come_in()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (_, others) = await gateway.Http.AddKeyAsync(account, Cancel, ["submit", "read", "worker"]);
        using var stranger = AdminApi.With(gateway.Origin, null);
        using var client = AdminApi.With(gateway.Origin, others);

        foreach (var (method, path) in new[]
        {
            ("GET", "accounts"), ("POST", "accounts"), ("GET", "accounts/1"), ("PATCH", "accounts/1"), ("GET", "keys"),
            ("POST", "keys"),
            ("DELETE", "keys/99"), ("POST", "keys/1/rotate"), ("GET", "accounts/1/credit"), ("POST", "accounts/1/credit"),
            ("GET", "accounts/1/statement"), ("GET", "audit"), ("POST", "jobs/1/cancel"),
        })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(stranger, method, path));
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, method, path));
            Assert.True((int)await StatusAsync(gateway.Http, method, path) is not (401 or 403 or >= 500), path);
        }
    }

    [Theory]
    [InlineData("accounts", """{"name": "a\u0000b"}""", "name")]
    [InlineData("keys", """{"account": 1, "name": "a\u0000b"}""", "name")]
    [InlineData("accounts/1/credit", """{"amount": 1, "note": "a\u0000b"}""", "note")]
    [InlineData("accounts/1/credit", """{"amount": 1, "reference": "a\u0000b"}""", "reference")]
    public async Task A_text_with_NUL_is_rejected_by_field(string path, string body, string field)
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var answer = await gateway.Http.PostAsync(
            $"/admin/{path}", new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(field, (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("field").GetString());
    }

    [Fact]
    public async Task A_revoked_key_is_rejected_from_the_answer_on()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (id, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var client = AdminApi.With(gateway.Origin, key);
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfJobAsync(client));

        await gateway.Http.CallAsync(HttpMethod.Delete, $"/admin/keys/{id}", null, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfJobAsync(client));
    }

    [Fact]
    public async Task A_rotated_key_is_replaced_from_the_answer_on()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (id, key) = await gateway.Http.AddKeyAsync(account, Cancel, networks: ["127.0.0.0/8", "::1"]);
        var made = await gateway.Http.CallAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate", null, Cancel);
        using var before = AdminApi.With(gateway.Origin, key);
        using var after = AdminApi.With(gateway.Origin, made.GetProperty("key").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfJobAsync(before));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfJobAsync(after));

        var kept = await gateway.Http.CallAsync(
            HttpMethod.Post, $"/admin/keys/{made.GetProperty("id")}/rotate", new { grace_seconds = 3600 }, Cancel);
        using var newest = AdminApi.With(gateway.Origin, kept.GetProperty("key").GetString());
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfJobAsync(after));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfJobAsync(newest));
    }

    [Fact]
    public async Task A_key_for_another_network_and_an_account_that_is_suspended_are_rejected()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (_, far) = await gateway.Http.AddKeyAsync(account, Cancel, networks: ["10.0.0.0/8"]);
        var (_, near) = await gateway.Http.AddKeyAsync(account, Cancel, networks: ["127.0.0.1"]);
        using var fromFar = AdminApi.With(gateway.Origin, far);
        using var fromNear = AdminApi.With(gateway.Origin, near);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfJobAsync(fromFar));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfJobAsync(fromNear));

        await gateway.Http.CallAsync(HttpMethod.Patch, "/admin/accounts/client", new { suspended = true }, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfJobAsync(fromNear));
        await gateway.Http.CallAsync(HttpMethod.Patch, $"/admin/accounts/{account}", new { suspended = false }, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfJobAsync(fromNear));
    }

    [Fact]
    public async Task A_job_is_paid_for_and_given_back_when_it_is_cancelled()
    {
        using var data = new TempFolder();
        await PaidCatalog.WriteAsync(data, Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        var account = await gateway.Http.AddAccountAsync("client", PaidCatalog.Plan, Cancel);
        var (_, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        using var client = AdminApi.With(gateway.Origin, key);

        using (var poor = await CreateAsync(client))
        {
            Assert.Equal(HttpStatusCode.PaymentRequired, poor.StatusCode);
            var error = await poor.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            Assert.Equal("insufficient_credit", error.GetProperty("code").GetString());
            Assert.Equal(
                "This costs 0.25 EUR and 0.00 are left; add credit to the account.", error.GetProperty("error").GetString());
        }
        Assert.Empty(await Stored.FilesInAsync(data.Path, Cancel));

        await gateway.Http.AddCreditAsync(account, 0.40m, Cancel);
        using var created = await CreateAsync(client);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString();
        Assert.Equal((0.15m, 0.25m), await BalanceAsync(gateway.Http, account));
        using (var second = await CreateAsync(client)) Assert.Equal(HttpStatusCode.PaymentRequired, second.StatusCode);

        using (var credits = await client.GetAsync("/api/v1/chat/credit", Cancel))
            Assert.Equal(15, (await credits.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("data").GetInt32());

        await gateway.Http.CallAsync(HttpMethod.Post, $"/admin/jobs/{id}/cancel", null, Cancel);
        Assert.Equal((0.40m, 0m), await BalanceAsync(gateway.Http, account));
        Assert.Equal(
            """
            entry,kind,book,amount,currency,job,note
            1,grant,issuer,-0.40,EUR,,a gift
            1,grant,credit,0.40,EUR,,a gift
            2,hold,credit,-0.25,EUR,1,
            2,hold,held,0.25,EUR,1,
            3,release,held,-0.25,EUR,1,
            3,release,credit,0.25,EUR,1,

            """.ReplaceLineEndings("\r\n"),
            WithoutTimes(await gateway.Http.GetStringAsync($"/admin/accounts/{account}/statement", Cancel)));
    }

    [Fact]
    public async Task What_is_wrong_is_named()
    {
        using var data = new TempFolder();
        await PaidCatalog.WriteAsync(data, Cancel);
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        var account = await gateway.Http.AddAccountAsync("client", PaidCatalog.Plan, Cancel);
        await gateway.Http.AddCreditAsync(account, 1, Cancel);
        await gateway.Http.AddAccountAsync("other", "default", Cancel);

        foreach (var (method, path, body, status, code, field) in new (string, string, string, int, string, string?)[]
        {
            ("POST", "accounts", "[]", 400, "bad_body", null),
            ("POST", "accounts", """{"nmae": "x"}""", 400, "bad_body", null),
            ("POST", "accounts", """{"name": "12"}""", 400, "bad_field", "name"),
            ("POST", "accounts", """{"name": "x", "plan": "gold"}""", 400, "bad_field", "plan"),
            ("POST", "accounts", """{"name": "client"}""", 409, "name_taken", "name"),
            ("PATCH", "accounts/other", """{"name": "client"}""", 409, "name_taken", "name"),
            ("PATCH", "accounts/client", """{"plan": "dollars"}""", 409, "other_currency", "plan"),
            ("PATCH", "accounts/nobody", """{"plan": "paid"}""", 404, "not_found", null),
            ("POST", "keys", """{"account": "client"}""", 400, "bad_field", "name"),
            ("POST", "keys", """{"account": "client", "name": "first"}""", 400, "bad_field", "name"),
            ("POST", "keys", """{"account": "client", "name": "x", "scopes": ["root"]}""", 400, "bad_field", "scopes"),
            ("POST", "keys", """{"account": "client", "name": "x", "networks": ["here"]}""", 400, "bad_field", "networks"),
            ("POST", "keys", """{"account": "client", "name": "x", "expires_at": "2001-01-01T00:00:00Z"}""", 400,
            "bad_field", "expires_at"),
            ("POST", "keys", """{"account": "nobody", "name": "x"}""", 404, "not_found", null),
            ("POST", "keys/99/rotate", "{}", 404, "not_found", null),
            ("POST", "keys/1/rotate", "{}", 409, "first_key", null),
            ("POST", "accounts/client/credit", """{"amount": 0}""", 400, "bad_field", "amount"),
            ("POST", "accounts/client/credit", """{"amount": 0.0000001}""", 400, "bad_field", "amount"),
            ("POST", "accounts/client/credit", """{"amount": -2}""", 409, "insufficient_credit", "amount"),
            ("POST", "jobs/99/cancel", "", 404, "not_found", null),
        })
        {
            using var answer = await gateway.Http.SendAsync(
                new HttpRequestMessage(new HttpMethod(method), "/admin/" + path) { Content = new StringContent(body) }, Cancel);
            var error = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
            Assert.Equal((status, code), ((int)answer.StatusCode, error.GetProperty("code").GetString()));
            Assert.Equal(field, error.TryGetProperty("field", out var named) ? named.GetString() : null);
        }
    }

    [Fact]
    public async Task The_audit_tells_who_did_what_and_no_secret()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var account = await gateway.Http.AddAccountAsync("client", "default", Cancel);
        var (id, key) = await gateway.Http.AddKeyAsync(account, Cancel);
        await gateway.Http.AddCreditAsync(account, 5, Cancel);
        await gateway.Http.CallAsync(HttpMethod.Delete, $"/admin/keys/{id}", null, Cancel);

        var audit = await gateway.Http.GetStringAsync("/admin/audit", Cancel);
        var entries = audit.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .ToList();
        Assert.Equal(
            ["first key set", "gateway started", "account created", "key created", "credit added", "key revoked"],
            entries.Select(entry => entry.GetProperty("action").GetString()));
        Assert.Equal(
            ["system", "system", "key 1", "key 1", "key 1", "key 1"],
            entries.Select(entry => entry.GetProperty("actor").GetString()));
        Assert.DoesNotContain(key, audit, StringComparison.Ordinal);
        Assert.DoesNotContain(TestGateway.Key, audit, StringComparison.Ordinal);
        Assert.Equal("set", entries[1].GetProperty("detail").GetProperty("ApiKey").GetString());

        var last = entries[^1].GetProperty("id").GetInt64();
        Assert.Equal("", await gateway.Http.GetStringAsync($"/admin/audit?after={last}", Cancel));
    }

    [Fact]
    public async Task A_configured_key_that_was_replaced_is_good_no_more()
    {
        using var data = new TempFolder();
        await using (await TestGateway.StartAsync(0, Cancel, data.Path, key: "the-key-that-was-set-before")) { }
        await using var gateway = await TestGateway.StartAsync(0, Cancel, data.Path);
        using var before = AdminApi.With(gateway.Origin, "the-key-that-was-set-before");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfJobAsync(before));
        Assert.Equal(HttpStatusCode.NotFound, await StatusOfJobAsync(gateway.Http));
    }

    [Fact]
    public async Task A_configured_key_that_was_revoked_stops_the_next_start()
    {
        using var data = new TempFolder();
        await using (var gateway = await TestGateway.StartAsync(0, Cancel, data.Path))
        {
            await gateway.Http.AddKeyAsync(1, Cancel, scopes: ["admin"]);
            await gateway.Http.CallAsync(HttpMethod.Delete, "/admin/keys/1", null, Cancel);
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfJobAsync(gateway.Http));
        }
        await Assert.ThrowsAsync<SettingsException>(() => TestGateway.StartAsync(0, Cancel, data.Path));
    }

    [Fact]
    public async Task When_a_key_was_used_is_known_after_a_stop()
    {
        using var data = new TempFolder();
        await using (var gateway = await TestGateway.StartAsync(0, Cancel, data.Path)) await StatusOfJobAsync(gateway.Http);
        await using var again = await TestGateway.StartAsync(0, Cancel, data.Path);
        var keys = await again.Http.CallAsync(HttpMethod.Get, "/admin/keys?account=first", null, Cancel);
        Assert.Equal(
            JsonValueKind.String, Assert.Single(keys.GetProperty("keys").EnumerateArray()).GetProperty("last_used_at").ValueKind);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string method, string path)
    {
        using var answer = await http.SendAsync(
            new HttpRequestMessage(new HttpMethod(method), "/admin/" + path) { Content = new StringContent("") }, Cancel);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> StatusOfJobAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/queue/wan22-fast-t2v/requests/1/status", Cancel);
        return answer.StatusCode;
    }

    private static Task<HttpResponseMessage> CreateAsync(HttpClient http) =>
        http.PostAsJsonAsync("/queue/wan22-fast-t2v", new { prompt = "a wave", duration = 5, width = 512, height = 512 }, Cancel);

    private static async Task<(decimal Credit, decimal Held)> BalanceAsync(HttpClient http, int account)
    {
        var balance = await http.CallAsync(HttpMethod.Get, $"/admin/accounts/{account}/credit", null, Cancel);
        return (balance.GetProperty("credit").GetDecimal(), balance.GetProperty("held").GetDecimal());
    }

    private static string WithoutTimes(string csv) =>
        string.Join(
            "\r\n",
            csv.Split("\r\n").Select(line => line.Split(',')).Select(
                cells => string.Join(',', cells.Where((_, column) => column != 1))));
}
