using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Rushes.Accounts;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Auth;

/// <summary>
/// Every endpoint, asked without a key, with a key that may not, and with another account's: by the route table, so that
/// none can be forgotten. An endpoint that is not listed here fails the test until someone has said what it owes whom.
/// </summary>
public sealed class IsolationTests : IAsyncLifetime
{
    private const string StrangersKey = "a-key-of-another-account";
    private const string PowerlessKey = "a-key-that-may-do-nothing";

    /// <summary>What needs no key, and why.</summary>
    private static readonly string[] Open =
    [
        // Supervisors have none.
        "GET /health/live", "GET /health/ready",
        // The signature in the link is the key.
        "GET /{bucket}/{**key}", "HEAD /{bucket}/{**key}", "PUT /{bucket}/{**key}",
    ];

    /// <summary>Asked for as the owner would, about the owner's; the stranger gets the status beside it. Names in braces stand for what was made before.</summary>
    private static readonly Dictionary<string, Case> Closed = new()
    {
        // Nothing of anyone's: the stranger makes a job of their own.
        ["POST /queue/{model}"] = new("/queue/wan22-fast-t2v", HttpStatusCode.OK, """{"prompt":"A fox"}"""),
        ["GET /queue/{model}/requests/{id}/status"] = new("/queue/wan22-fast-t2v/requests/{job}/status"),
        ["PUT /queue/{model}/requests/{id}/cancel"] = new("/queue/wan22-fast-t2v/requests/{job}/cancel"),
        ["GET /queue/{model}/requests/{id}"] = new("/queue/wan22-fast-t2v/requests/{job}"),
        ["GET /fal/download/{bucket}/{**key}"] = new("/fal/download/{file}"),
        // Each account's own, whoever asks.
        ["GET /webhooks/secret"] = new("/webhooks/secret", HttpStatusCode.OK),
        ["GET /webhooks/jobs/{id}"] = new("/webhooks/jobs/{job}"),
        ["POST /webhooks/deliveries/{delivery:long}/redeliver"] = new("/webhooks/deliveries/{delivery}/redeliver"),
    };

    private readonly TempFolder folder = new();
    private readonly Dictionary<string, string> made = [];
    private TestGateway gateway = null!;
    private HttpClient http = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Of the owner's: a finished job with a video and a callback.</summary>
    public async ValueTask InitializeAsync()
    {
        await using (var database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), TimeProvider.System))
        {
            await AddAsync(await database.EnsureAccountAsync("first", Cancel), PowerlessKey, Scopes.Worker);
            await AddAsync(await database.EnsureAccountAsync("second", Cancel), StrangersKey, Scopes.All);

            Task AddAsync(int account, string key, Scopes scopes) =>
                database.AddKeyAsync(new ApiKey { Hash = ApiKey.HashOf(key), Account = account, Name = key, Scopes = scopes, CreatedAt = TimeProvider.System.GetUtcNow() }, "test", Cancel);
        }

        gateway = await TestGateway.StartAsync(1, Cancel, folder.Path, new GatewayOptions { FetchAllow = "127.0.0.0/8" });
        http = new HttpClient { BaseAddress = new Uri(gateway.Origin) };
        await MakeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Nobody_reaches_what_is_anothers()
    {
        var routes = gateway.Endpoints.SelectMany(NamesOf).Distinct().ToList();
        Assert.Equal(Closed.Keys.Concat(Open).Order(), routes.Order());

        foreach (var (route, wanted) in Closed)
        {
            await AssertAsync(route, wanted, key: null, HttpStatusCode.Unauthorized);
            await AssertAsync(route, wanted, "a-key-that-never-was", HttpStatusCode.Unauthorized);
            await AssertAsync(route, wanted, PowerlessKey, HttpStatusCode.Forbidden);
            await AssertAsync(route, wanted, StrangersKey, wanted.ToStranger);
        }

        // The owner is served, so that what was refused was there to be had. Cancelling comes too late: 409.
        foreach (var (route, wanted) in Closed)
            await AssertAsync(route, wanted, TestGateway.Key, HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.NoContent, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_stranger_gets_other_secrets_and_no_use_of_a_file()
    {
        Assert.NotEqual(await TextAsync("/webhooks/secret", TestGateway.Key), await TextAsync("/webhooks/secret", StrangersKey));

        using var body = JsonContent.Create(new { prompt = "A fox", data_uri = $"s3://{made["{file}"]}" });
        using var used = await SendAsync("POST", "/queue/hunyuan-foley", StrangersKey, body);
        Assert.Equal(HttpStatusCode.BadRequest, used.StatusCode);

        using var bare = await http.GetAsync($"/{made["{file}"]}", Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, bare.StatusCode);
    }

    private async Task MakeAsync()
    {
        using var body = JsonContent.Create(new { prompt = "A fox", duration = 0.5, webhook_url = "http://127.0.0.1:65534/" });
        using var created = await SendAsync("POST", "/queue/wan22-fast-t2v", TestGateway.Key, body);
        Assert.True(created.IsSuccessStatusCode, await created.Content.ReadAsStringAsync(Cancel));
        made["{job}"] = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;

        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (true)
        {
            var status = JsonDocument.Parse(await TextAsync(Fill(Closed["GET /queue/{model}/requests/{id}/status"].Path), TestGateway.Key)).RootElement;
            if (status.GetProperty("status").GetString() is "COMPLETED")
            {
                made["{file}"] = status.GetProperty("statusMessages").GetProperty("result_uri").GetString()!["s3://".Length..];
                break;
            }

            await pause.WaitForNextTickAsync(Cancel);
        }

        var told = JsonDocument.Parse(await TextAsync(Fill("/webhooks/jobs/{job}"), TestGateway.Key)).RootElement;
        made["{delivery}"] = told.GetProperty("deliveries")[0].GetProperty("id").GetInt64().ToString();
    }

    private async Task AssertAsync(string route, Case wanted, string? key, params HttpStatusCode[] statuses)
    {
        using var body = wanted.Body is null ? null : new StringContent(wanted.Body, Encoding.UTF8, "application/json");
        using var answer = await SendAsync(route.Split(' ')[0], Fill(wanted.Path), key, body);
        Assert.True(statuses.Contains(answer.StatusCode), $"{route} with {key ?? "no key"}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancel)}");
    }

    private async Task<string> TextAsync(string path, string key)
    {
        using var answer = await SendAsync("GET", path, key, null);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? key, HttpContent? body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        if (key is not null) request.Headers.Add("Authorization", $"Bearer {key}");
        return await http.SendAsync(request, Cancel);
    }

    private string Fill(string path) => made.Aggregate(path, (text, pair) => text.Replace(pair.Key, pair.Value, StringComparison.Ordinal));

    private static IEnumerable<string> NamesOf(RouteEndpoint endpoint)
    {
        var path = "/" + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("rushes-files/", "{bucket}/", StringComparison.Ordinal);
        return (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(method => $"{method} {path}");
    }

    /// <param name="Path">About the owner's.</param>
    /// <param name="ToStranger">What another account's key is answered.</param>
    private sealed record Case(string Path, HttpStatusCode ToStranger = HttpStatusCode.NotFound, string? Body = null);
}
