using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rushes.Database;
using Rushes.Jobs;
using Rushes.Server.Settings;
using Rushes.Tests.Admin;
using Xunit;

namespace Rushes.Tests.Webhooks;

/// <summary>The webhook URL of an account, which jobs of the OpenAI API have if their request names none.</summary>
public sealed class AccountWebhookTests : IAsyncLifetime
{
    private const string Hook = "https://192.0.2.7/hook";

    private TestGateway gateway = null!;
    private HttpClient acme = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // The address is reserved for documentation, so it is allowed here and never reached.
        gateway = await TestGateway.StartAsync(
            0, Cancel, options: new GatewayOptions { FetchAllow = "127.0.0.0/8,192.0.2.0/24" });
        var account = await gateway.Http.AddAccountAsync("acme", "default", Cancel);
        acme = AdminApi.With(gateway.Origin, (await gateway.Http.AddKeyAsync(account, Cancel)).Key);
    }

    public async ValueTask DisposeAsync()
    {
        acme.Dispose();
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task The_end_of_a_job_is_sent_there_signed_with_the_accounts_secret()
    {
        await using var receiver = await TestReceiver.AnsweringAsync(200);
        Assert.Equal(receiver.Url, await SetAsync(receiver.Url));
        var id = await CreateAsync(acme);
        using var cancelled = await acme.PutAsync($"/queue/wan22-fast-t2v/requests/{id}/cancel", null, Cancel);
        Assert.True(cancelled.IsSuccessStatusCode, $"{cancelled.StatusCode}");

        var received = await receiver.NextAsync();
        var body = Encoding.UTF8.GetString(received.Body);
        var secret = (await acme.GetFromJsonAsync<JsonElement>("/webhooks/secret", Cancel)).GetProperty("secret").GetString()!;
        var signed = new HeaderDictionary();
        foreach (var (name, value) in received.Headers) signed[name] = value;
        new StandardWebhooks.StandardWebhook(secret).Verify(body, signed);
        var sent = JsonElement.Parse(body);
        Assert.Equal(
            ("event", "video.failed", id), (sent.GetProperty("object").GetString(), sent.GetProperty("type").GetString(),
            sent.GetProperty("data").GetProperty("id").GetString()));
    }

    [Fact]
    public async Task Only_jobs_of_that_account_and_API_without_a_URL_of_their_own_have_it()
    {
        await SetAsync(Hook);
        Assert.Equal(Hook, await WebhookOfAsync(await CreateAsync(acme)));
        Assert.Equal($"{Hook}/own", await WebhookOfAsync(await CreateAsync(acme, webhook: $"{Hook}/own")));
        Assert.Null(await WebhookOfAsync(await CreateAsync(gateway.Http)));

        using var queued = await acme.PostAsJsonAsync("/queue/wan22-fast-t2v", new { prompt = "A fox" }, Cancel);
        var id = (await queued.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
        Assert.Null(await WebhookOfAsync(id));

        var own = await acme.GetFromJsonAsync<JsonElement>("/console/api/account", Cancel);
        Assert.Equal(Hook, own.GetProperty("webhook_url").GetString());
        var other = await gateway.Http.GetFromJsonAsync<JsonElement>("/console/api/account", Cancel);
        Assert.False(other.TryGetProperty("webhook_url", out _));
    }

    [Fact]
    public async Task A_change_counts_for_new_jobs_and_a_repeated_request_is_still_the_same_one()
    {
        await SetAsync(Hook);
        var before = await CreateAsync(acme, key: "one");
        await SetAsync($"{Hook}/new");
        Assert.Equal(before, await CreateAsync(acme, key: "one"));
        Assert.Equal(Hook, await WebhookOfAsync(before));
        Assert.Equal($"{Hook}/new", await WebhookOfAsync(await CreateAsync(acme)));

        Assert.Null(await SetAsync(""));
        Assert.Null(await WebhookOfAsync(await CreateAsync(acme)));
        var audit = await gateway.Http.GetStringAsync("/admin/audit", Cancel);
        Assert.Contains("\"webhook_host\":\"192.0.2.7\"", audit, StringComparison.Ordinal);
        Assert.DoesNotContain("/hook", audit, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://192.0.2.7/", "must start with http:// or https://")]
    [InlineData("https://user:secret@192.0.2.7/", "must not contain a user name or password")]
    [InlineData("http://10.0.0.1/hook", "is an address that may not be reached")]
    [InlineData("http://169.254.169.254/latest", "is an address that may not be reached")]
    [InlineData("a receiver", "is not a valid http or https URL")]
    public async Task A_URL_that_a_request_could_not_name_is_rejected(string url, string reason)
    {
        await SetAsync(Hook);
        using var answer = await gateway.Http.PatchAsJsonAsync("/admin/accounts/acme", new { webhook_url = url }, Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var error = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal("webhook_url", error.GetProperty("field").GetString());
        Assert.StartsWith($"webhook_url is \"{url}\". ", error.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains(reason, error.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(Hook, await WebhookOfAsync(await CreateAsync(acme)));
    }

    /// <summary>Returns the URL that the account has then.</summary>
    private async Task<string?> SetAsync(string url)
    {
        var set = await gateway.Http.CallAsync(HttpMethod.Patch, "/admin/accounts/acme", new { webhook_url = url }, Cancel);
        return set.TryGetProperty("webhook_url", out var found) ? found.GetString() : null;
    }

    private static async Task<string> CreateAsync(HttpClient client, string? webhook = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/videos")
        {
            Content = JsonContent.Create(
                new { model = "wan22-fast-t2v", prompt = "A fox", size = "512x512", seed = 1, webhook_url = webhook }),
        };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var created = await client.SendAsync(request, Cancel);
        var video = await created.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.True(created.IsSuccessStatusCode, $"{video}");
        return video.GetProperty("id").GetString()!;
    }

    private async Task<string?> WebhookOfAsync(string id) => (await gateway.Service<IDatabase>().Jobs.FindAsync(
        gateway.Service<JobIds>().Parse(id)!.Value, Cancel))!.WebhookUrl;
}
