using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Rushes.Accounts;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Rushes.Server.Settings;
using Rushes.Tests.Engines;
using Xunit;

namespace Rushes.Tests.Auth;

/// <summary>
/// Every endpoint, asked without a key, with a key that may not, and with another account's: by the route table, so that
/// none can be forgotten. An endpoint that is not listed here fails the test until someone has said what it owes whom.
/// </summary>
public sealed class IsolationTests : IAsyncLifetime
{
    private const string StrangersKey = "a-key-of-another-account";
    private const string WorkersKey = "a-key-for-workers-alone";
    private const string CustomersKey = "a-key-for-jobs-alone";

    /// <summary>Endpoints that need no key, and the reason.</summary>
    private static readonly string[] Open =
    [
        // Supervisors have none.
        "GET /health/live", "GET /health/ready", "HEAD /health/live", "HEAD /health/ready",
        // The signature in the link is the key.
        "GET /share/{token}", "POST /share/{token}/report", "GET /{bucket}/{**key}",
        "HEAD /{bucket}/{**key}", "OPTIONS /{bucket}/{**key}",
        "PUT /storage/upload/{caller:long}/{**key}",
        "DELETE /storage/upload/{caller:long}/{**key}",
        "OPTIONS /storage/upload/{caller:long}/{**key}",
        "PUT /storage/upload/{caller:long}/uploads/{owner}/{day}/{name}/{part:int}",
        "POST /storage/upload/{caller:long}/uploads/{owner}/{day}/{name}/complete",
        // Public keys are public.
        "GET /.well-known/jwks.json",
        // How to ask is told before anyone has a key.
        "GET /openapi", "GET /openapi/{dialect}", "GET /openapi/{dialect}.json", "GET /docs/{**page}",
        // There is nothing: a dialect's own words for that.
        "ANY /api/v1/{**rest}", "ANY /wan2.2-s2v/{**rest}", "ANY /wan2.2-s2v-polling/{**rest}", "ANY /console/api/{**rest}",
        "ANY /v1/{**rest}", "ANY /api/v1/videos/{**rest}",
        // Pages are everyone's, what they show is not. Nobody signs out.
        "GET /", "GET /console", "GET /console/{**page}", "GET /console/assets/{version}/{**file}", "DELETE /console/api/session",
        // The code of a sign-in link takes the place of the key.
        "POST /console/api/session/code",
    ];

    /// <summary>Which operators' programs and the console ask for, by different doors.</summary>
    private static readonly string[] Accounts =
    [
        "GET accounts", "POST accounts", "GET accounts/{account}", "PATCH accounts/{account}", "GET accounts/{account}/credit",
        "POST accounts/{account}/credit",
        "GET accounts/{account}/statement", "GET accounts/{account}/usage",
        "GET keys", "POST keys", "DELETE keys/{id:long}", "POST keys/{id:long}/rotate",
        "GET audit", "GET health", "POST health/trial", "GET workers",
        "GET reports", "POST reports/{id:long}/close",
        "POST workers/drain", "POST workers/resume", "GET lanes", "POST lanes/{lane}/pause", "POST lanes/{lane}/resume",
        "GET plans",
    ];

    /// <summary>
    /// Asked for as the owner would, about the owner's; the stranger gets the status beside it. A create is nobody's yet: its
    /// body is rejected, once the key was not. Names in braces stand for what was made before.
    /// </summary>
    private static readonly Dictionary<string, Case> Closed = new(Cases());

    private static Dictionary<string, Case> KieAndPixazo() => new()
    {
        // The kie API has no 403.
        ["POST /api/v1/jobs/createTask"] = new(
            "/api/v1/jobs/createTask", HttpStatusCode.BadRequest, "{}") { ToPowerless = HttpStatusCode.Unauthorized },
        ["GET /api/v1/jobs/recordInfo"] = new(
            "/api/v1/jobs/recordInfo?taskId={job}") { ToPowerless = HttpStatusCode.Unauthorized },
        ["POST /api/v1/jobs/approveTask"] = new("/api/v1/jobs/approveTask", HttpStatusCode.NotFound, """{"taskId":"{job}"}""")
        {
            ToPowerless = HttpStatusCode.Unauthorized, ToOwner = HttpStatusCode.UnprocessableEntity,
        },
        ["POST /api/v1/jobs/cancelTask"] = new("/api/v1/jobs/cancelTask", HttpStatusCode.NotFound, """{"taskId":"{job}"}""")
        {
            ToPowerless = HttpStatusCode.Unauthorized, ToOwner = HttpStatusCode.UnprocessableEntity,
        },
        ["GET /api/v1/chat/credit"] = new("/api/v1/chat/credit", HttpStatusCode.OK) { ToPowerless = HttpStatusCode.Unauthorized },
        ["POST /api/v1/common/download-url"] = new(
            "/api/v1/common/download-url", HttpStatusCode.UnprocessableEntity, """{"url":"http://127.0.0.1/{file}"}""")
        {
            ToPowerless = HttpStatusCode.Unauthorized, ToOwner = HttpStatusCode.OK,
        },

        ["POST /wan2.2-s2v/v1/generateSpeechToVideoRequest"] = new(
            "/wan2.2-s2v/v1/generateSpeechToVideoRequest", HttpStatusCode.BadRequest, "{}"),
        ["POST /wan2.2-s2v/v1/approveSpeechToVideoRequest"] =
            new(
                "/wan2.2-s2v/v1/approveSpeechToVideoRequest", HttpStatusCode.NotFound,
                """{"requestId":"{job}"}""") { ToOwner = HttpStatusCode.BadRequest },
        ["POST /wan2.2-s2v/v1/cancelSpeechToVideoRequest"] =
            new(
                "/wan2.2-s2v/v1/cancelSpeechToVideoRequest", HttpStatusCode.NotFound,
                """{"requestId":"{job}"}""") { ToOwner = HttpStatusCode.BadRequest },
        ["POST /wan2.2-s2v-polling/getStatusSpeechToVideo"] =
            new(
                "/wan2.2-s2v-polling/getStatusSpeechToVideo", HttpStatusCode.NotFound,
                """{"requestId":"{job}"}""") { ToOwner = HttpStatusCode.OK },
    };

    private static Dictionary<string, Case> Console() => new()
    {
        ["POST /console/api/session"] = new("/console/api/session", HttpStatusCode.OK) { ToPowerless = HttpStatusCode.OK },
        ["GET /console/api/account"] = new("/console/api/account", HttpStatusCode.OK),
        ["GET /console/api/account/statement"] = new("/console/api/account/statement", HttpStatusCode.OK),
        ["GET /console/api/account/usage"] = new("/console/api/account/usage", HttpStatusCode.OK),
        ["GET /console/api/catalog"] = new("/console/api/catalog", HttpStatusCode.OK),
        ["POST /console/api/media"] = new("/console/api/media", HttpStatusCode.BadRequest, "none"),
        ["POST /console/api/models/{model}/jobs"] = new(
            "/console/api/models/wan22-fast-t2v/jobs", HttpStatusCode.BadRequest, "{}"),
        ["GET /console/api/jobs"] = new("/console/api/jobs?model=none", HttpStatusCode.OK),
        ["GET /console/api/jobs/{id}"] = new("/console/api/jobs/{job}"),
        ["GET /console/api/jobs/{id}/thumbnail"] = new("/console/api/jobs/{job}/thumbnail"),
        ["GET /console/api/jobs/{id}/stream"] = new("/console/api/jobs/{job}/stream"),
        ["POST /console/api/jobs/{id}/cancel"] = new("/console/api/jobs/{job}/cancel") { ToOwner = HttpStatusCode.Conflict },
        ["POST /console/api/jobs/{id}/approve"] = new("/console/api/jobs/{job}/approve") { ToOwner = HttpStatusCode.Conflict },
        ["GET /console/api/gallery"] = new("/console/api/gallery?limit=1", HttpStatusCode.OK),
        ["GET /console/api/tags"] = new("/console/api/tags", HttpStatusCode.OK),
        ["GET /console/api/presets"] = new("/console/api/presets", HttpStatusCode.OK),
        ["PUT /console/api/presets/{name}"] = new("/console/api/presets/mine", HttpStatusCode.NoContent, "{}"),
        ["DELETE /console/api/presets/{name}"] = new("/console/api/presets/none") { ToOwner = HttpStatusCode.NotFound },
        ["PUT /console/api/jobs/{id}/tags"] = new(
            "/console/api/jobs/{job}/tags", HttpStatusCode.NotFound, """{"tags":["a"]}""") { ToOwner = HttpStatusCode.NoContent },
        ["POST /console/api/jobs/{id}/share"] = new(
            "/console/api/jobs/{job}/share", HttpStatusCode.NotFound, """{"hours":1}""") { ToOwner = HttpStatusCode.OK },
        ["POST /console/api/jobs/{id}/last-frame"] = new(
            "/console/api/jobs/{job}/last-frame") { ToOwner = HttpStatusCode.OK },
        ["POST /console/api/jobs/{id}/again"] = new("/console/api/jobs/{job}/again") { ToOwner = HttpStatusCode.Created },
        ["POST /console/api/jobs/{id}/deliveries/{delivery:long}/redeliver"] = new(
            "/console/api/jobs/{job}/deliveries/{delivery}/redeliver") { ToOwner = HttpStatusCode.Accepted },
    };

    private static IEnumerable<KeyValuePair<string, Case>> Cases() => new Dictionary<string, Case>
    {
        ["POST /queue/{model}"] = new("/queue/wan22-fast-t2v", HttpStatusCode.BadRequest, "{}"),
        ["GET /queue/{model}/requests/{id}/status"] = new("/queue/wan22-fast-t2v/requests/{job}/status"),
        ["GET /queue/{model}/requests/{id}/status/stream"] = new("/queue/wan22-fast-t2v/requests/{job}/status/stream"),
        ["GET /queue/{model}/requests/{id}/preview"] = new(
            "/queue/wan22-fast-t2v/requests/{job}/preview") { ToOwner = HttpStatusCode.NotFound },
        ["PUT /queue/{model}/requests/{id}/cancel"] = new(
            "/queue/wan22-fast-t2v/requests/{job}/cancel") { ToOwner = HttpStatusCode.Conflict },
        ["POST /queue/{model}/requests/{id}/cancel"] = new(
            "/queue/wan22-fast-t2v/requests/{job}/cancel") { ToOwner = HttpStatusCode.Conflict },
        ["PUT /queue/{model}/requests/{id}/approve"] = new(
            "/queue/wan22-fast-t2v/requests/{job}/approve") { ToOwner = HttpStatusCode.Conflict },
        ["POST /queue/{model}/requests/{id}/approve"] = new(
            "/queue/wan22-fast-t2v/requests/{job}/approve") { ToOwner = HttpStatusCode.Conflict },
        ["GET /queue/{model}/requests/{id}"] = new("/queue/wan22-fast-t2v/requests/{job}"),
        ["GET /jobs"] = new("/jobs?model=none", HttpStatusCode.OK),
        ["GET /jobs/{id}"] = new("/jobs/{job}"),
        ["GET /jobs/{id}/thumbnail"] = new("/jobs/{job}/thumbnail"),
        ["GET /jobs/{id}/history"] = new("/jobs/{job}/history"),
        ["GET /fal/download/{bucket}/{**key}"] = new("/fal/download/{file}"),

        // Without an Accept header the owner gets 406; McpTests covers requests of other accounts.
        ["POST /mcp/"] = new("/mcp", HttpStatusCode.NotAcceptable, "{}"),

        ["POST /storage/upload/initiate"] = new(
            "/storage/upload/initiate", HttpStatusCode.OK, """{"content_type":"image/png","file_name":"a.png"}"""),
        ["POST /storage/upload/initiate-multipart"] = new(
            "/storage/upload/initiate-multipart", HttpStatusCode.OK, """{"content_type":"video/mp4","file_name":"a.mp4"}"""),

        // Each account's own, whoever asks.
        ["GET /models"] = new("/models", HttpStatusCode.OK),
        ["GET /webhooks/secret"] = new("/webhooks/secret", HttpStatusCode.OK),
        ["GET /webhooks/jobs/{id}"] = new("/webhooks/jobs/{job}"),
        ["POST /report"] = new("/report", HttpStatusCode.NotFound, """{"job":"{job}","reason":"other"}""")
        {
            ToPowerless = HttpStatusCode.Accepted, ToOwner = HttpStatusCode.Accepted,
        },
        ["POST /webhooks/deliveries/{delivery:long}/redeliver"] = new(
            "/webhooks/deliveries/{delivery}/redeliver") { ToOwner = HttpStatusCode.Accepted },
    }
    .Concat(KieAndPixazo())
    .Concat(Console())
    .Concat(Fal("queue", "wan22-fast-t2v", ""))
    .Concat(Fal("fal-ai", "wan", "/v2.2-a14b/text-to-video"))
    .Concat(Admin("/console/api", "POST jobs/{id}/front", "GET queue", "GET workers"))
    .Concat(Admin("/console/api/admin", Accounts))
    .Concat(Admin("/admin", [.. Accounts, "POST jobs/{id}/cancel", "GET jobs", "GET jobs/{id}/history"]))
    .Concat(
        Worker(
            "POST claim", "POST hello", "POST jobs/{id:long}/heartbeat", "GET jobs/{id:long}/input", "PUT jobs/{id:long}/video",
            "POST jobs/{id:long}/end"))
    .Concat(Replicate())
    .Concat(OpenRouter())
    .Concat(OpenAi());

    private static Dictionary<string, Case> OpenRouter() => new()
    {
        ["POST /api/v1/videos"] = new("/api/v1/videos", HttpStatusCode.BadRequest, "{}"),
        ["GET /api/v1/videos/models"] = new("/api/v1/videos/models", HttpStatusCode.OK),
        ["GET /api/v1/videos/{id}"] = new("/api/v1/videos/{job}"),
        ["GET /api/v1/videos/{id}/content"] = new("/api/v1/videos/{job}/content"),
    };

    private static Dictionary<string, Case> Replicate() => new()
    {
        ["POST /v1/predictions"] = new("/v1/predictions", HttpStatusCode.UnprocessableEntity, "{}"),
        ["POST /v1/models/{owner}/{name}/predictions"] = new(
            "/v1/models/rushes/wan22-fast-t2v/predictions", HttpStatusCode.UnprocessableEntity, "{}"),
        ["POST /v1/deployments/{owner}/{name}/predictions"] = new(
            "/v1/deployments/rushes/wan22-fast-t2v/predictions", HttpStatusCode.UnprocessableEntity, "{}"),
        ["GET /v1/predictions"] = new("/v1/predictions", HttpStatusCode.OK),
        ["GET /v1/predictions/{id}"] = new("/v1/predictions/{job}"),
        ["POST /v1/predictions/{id}/cancel"] = new("/v1/predictions/{job}/cancel"),
        ["GET /v1/models/{owner}/{name}"] = new("/v1/models/rushes/wan22-fast-t2v", HttpStatusCode.OK),
        ["GET /v1/models/{owner}/{name}/versions"] = new("/v1/models/rushes/wan22-fast-t2v/versions", HttpStatusCode.OK),
        ["GET /v1/models/{owner}/{name}/versions/{version}"] = new("/v1/models/rushes/wan22-fast-t2v/versions/none")
        {
            ToOwner = HttpStatusCode.NotFound,
        },
        ["QUERY /v1/models"] = new("/v1/models", HttpStatusCode.OK, "boat"),
        ["GET /v1/search"] = new("/v1/search?query=boat", HttpStatusCode.OK),
        ["GET /v1/collections"] = new("/v1/collections", HttpStatusCode.OK),
        ["GET /v1/collections/{slug}"] = new("/v1/collections/text-to-video", HttpStatusCode.OK),
        ["GET /v1/hardware"] = new("/v1/hardware", HttpStatusCode.OK),
        ["GET /v1/account"] = new("/v1/account", HttpStatusCode.OK),
        ["GET /v1/webhooks/default/secret"] = new("/v1/webhooks/default/secret", HttpStatusCode.OK),
    };

    /// <summary>These run last, because they delete the job and the file.</summary>
    private static Dictionary<string, Case> OpenAi() => new()
    {
        ["POST /v1/videos"] = new("/v1/videos", HttpStatusCode.BadRequest, "{}"),
        ["GET /v1/videos"] = new("/v1/videos", HttpStatusCode.OK),
        ["POST /v1/videos/edits"] = new("/v1/videos/edits", HttpStatusCode.BadRequest, "{}"),
        ["POST /v1/videos/extensions"] = new("/v1/videos/extensions", HttpStatusCode.BadRequest, "{}"),
        ["GET /v1/videos/{id}"] = new("/v1/videos/{job}"),
        ["GET /v1/videos/{id}/content"] = new("/v1/videos/{job}/content"),
        ["POST /v1/videos/{id}/remix"] = new("/v1/videos/{job}/remix", HttpStatusCode.NotFound, """{"prompt":"A hare"}"""),
        ["POST /v1/videos/{id}/approve"] = new("/v1/videos/{job}/approve") { ToOwner = HttpStatusCode.BadRequest },
        ["GET /v1/models"] = new("/v1/models", HttpStatusCode.OK),
        ["GET /v1/models/{model}"] = new("/v1/models/wan22-fast-t2v", HttpStatusCode.OK),
        ["POST /v1/files"] = new("/v1/files", HttpStatusCode.UnsupportedMediaType, "{}"),
        ["GET /v1/files"] = new("/v1/files", HttpStatusCode.OK),
        ["GET /v1/files/{id}"] = new("/v1/files/{upload}"),
        ["GET /v1/files/{id}/content"] = new("/v1/files/{upload}/content"),
        ["GET /v1/files/{id}/download"] = new("/v1/files/{upload}/download"),
        ["DELETE /v1/files/{id}"] = new("/v1/files/{upload}"),
        ["DELETE /api/v1/videos/{id}"] = new("/api/v1/videos/{fourth}") { ToOwner = HttpStatusCode.NoContent },
        ["DELETE /v1/videos/{id}"] = new("/v1/videos/{job}"),
        ["DELETE /jobs/{id}"] = new("/jobs/{second}") { ToOwner = HttpStatusCode.NoContent },
        ["DELETE /console/api/jobs/{id}"] = new("/console/api/jobs/{third}") { ToOwner = HttpStatusCode.NoContent },
    };

    private static IEnumerable<KeyValuePair<string, Case>> Fal(string owner, string name, string path)
    {
        var app = $"/{owner}/{name}";
        var create = new Case(app + path, HttpStatusCode.UnprocessableEntity, "{}") { Scheme = "Key" };
        yield return new($"POST /{owner}/{{name}}/{{**path}}", create);
        yield return new($"POST /run/{owner}/{{name}}/{{**path}}", create with { Path = "/run" + create.Path });
        var found = new Case(app + "/requests/{job}") { Scheme = "Key" };
        yield return new($"GET /{owner}/{{name}}/requests/{{id}}", found);
        yield return new($"GET /{owner}/{{name}}/requests/{{id}}/status", found with { Path = found.Path + "/status" });
        yield return new(
            $"GET /{owner}/{{name}}/requests/{{id}}/status/stream", found with { Path = found.Path + "/status/stream" });
        yield return new(
            $"GET /{owner}/{{name}}/requests/{{id}}/preview",
            found with { Path = found.Path + "/preview", ToOwner = HttpStatusCode.NotFound });
        foreach (var method in new[] { "PUT", "POST" })
            foreach (var action in new[] { "approve", "cancel" })
                yield return new(
                    $"{method} /{owner}/{{name}}/requests/{{id}}/{action}",
                    found with { Path = $"{found.Path}/{action}", ToOwner = HttpStatusCode.BadRequest });
    }

    /// <summary>Every account's, for keys with the scope alone. There is no key 0, and the job has ended.</summary>
    private static IEnumerable<KeyValuePair<string, Case>> Admin(string under, params string[] calls) => calls.Select(call =>
    {
        var (method, path) = (call.Split(' ')[0], call.Split(' ')[1]);
        var filled = path.Replace("{account}", "first", StringComparison.Ordinal)
            .Replace("{id:long}", "0", StringComparison.Ordinal)
            .Replace("{id}", "{job}", StringComparison.Ordinal);
        var asked = new Case(
            $"{under}/{filled}", HttpStatusCode.Forbidden,
            method is "POST" or "PATCH" ? "{}" : null) { PowerlessKey = CustomersKey, ToOwner = null };
        return KeyValuePair.Create($"{method} {under}/{path}", asked);
    });

    /// <summary>Workers serve every account, and say the protocol's version, which is asked for next.</summary>
    private static IEnumerable<KeyValuePair<string, Case>> Worker(params string[] calls) => calls.Select(
        call => KeyValuePair.Create(
        call.Replace(" ", " /worker/", StringComparison.Ordinal),
        new Case(
            $"/worker/{call.Split(' ')[1].Replace("{id:long}", "{job}", StringComparison.Ordinal)}",
            HttpStatusCode.UpgradeRequired, "{}") { PowerlessKey = CustomersKey }));

    private readonly TempFolder folder = new();
    private readonly Dictionary<string, string> made = [];
    private TestGateway gateway = null!;
    private HttpClient http = null!;
    private int clients;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Of the owner's: a finished job with a video and a callback.</summary>
    public async ValueTask InitializeAsync()
    {
        await using (var database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), TimeProvider.System))
        {
            var owner = await database.Accounts.EnsureAccountAsync("first", Cancel);
            await AddAsync(owner, WorkersKey, Scopes.Worker);
            await AddAsync(owner, CustomersKey, Scopes.Submit | Scopes.Read);
            await AddAsync(
                await database.Accounts.EnsureAccountAsync("second", Cancel), StrangersKey, Scopes.All & ~Scopes.Admin);

            Task AddAsync(int account, string key, Scopes scopes) =>
                database.Keys.AddKeyAsync(new ApiKey
                {
                    Hash = ApiKey.HashOf(key), Account = account, Name = key, Scopes = scopes,
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                }, "test", Cancel);
        }

        gateway = await TestGateway.StartAsync(
            1, Cancel, folder.Path, new GatewayOptions { FetchAllow = "127.0.0.0/8", KnownProxies = "127.0.0.1" });
        // Whoever signs in is forgotten at once: each request brings all that it has.
        http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(gateway.Origin) };
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
            await AssertAsync(route, wanted, wanted.PowerlessKey, wanted.ToPowerless);
            await AssertAsync(route, wanted, StrangersKey, wanted.ToStranger);
        }

        // The owner is served, so that what was rejected was there to be had.
        foreach (var (route, wanted) in Closed) await AssertAsync(route, wanted, TestGateway.Key, wanted.ToOwner);
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
        foreach (var name in new[] { "{second}", "{third}", "{fourth}" })
        {
            using var fox = JsonContent.Create(new { prompt = "A fox", duration = 0.5 });
            using var another = await SendAsync("POST", "/queue/wan22-fast-t2v", TestGateway.Key, fox);
            made[name] = (await another.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("request_id").GetString()!;
        }

        // The others are deleted at the end, which is possible once they have ended.
        foreach (var name in new[] { "{second}", "{third}", "{fourth}" }) await CompletedAsync(made[name]);
        var status = await CompletedAsync(made["{job}"]);
        made["{file}"] = status.GetProperty("statusMessages").GetProperty("result_uri").GetString()!["s3://".Length..];

        var picture = await SampleMedia.PictureAsync(folder, "boat.jpg");
        using var file = new ByteArrayContent(await File.ReadAllBytesAsync(picture, Cancel));
        using var form = new MultipartFormDataContent { { file, "file", "boat.jpg" } };
        using var uploaded = await SendAsync("POST", "/v1/files", TestGateway.Key, form);
        made["{upload}"] = (await uploaded.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetString()!;

        var received = JsonDocument.Parse(await TextAsync(Fill("/webhooks/jobs/{job}"), TestGateway.Key)).RootElement;
        made["{delivery}"] = received.GetProperty("deliveries")[0].GetProperty("id").GetInt64().ToString();
    }

    private async Task<JsonElement> CompletedAsync(string job)
    {
        var ended = await Eventually.EndedAsync(gateway.Http, job, Cancel);
        Assert.Equal("COMPLETED", ended.GetProperty("status").GetString());
        return ended;
    }

    private async Task AssertAsync(string route, Case wanted, string? key, HttpStatusCode? status)
    {
        using var body = wanted.Body is null ? null : new StringContent(Fill(wanted.Body), Encoding.UTF8, "application/json");
        using var answer = await SendAsync(route.Split(' ')[0], Fill(wanted.Path), key, body, wanted.Scheme);
        var right = status is { } one ? answer.StatusCode == one : (int)answer.StatusCode is not (401 or 403 or >= 500);
        Assert.True(
            right, $"{route} with {key ?? "no key"}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Cancel)}");
    }

    private async Task<string> TextAsync(string path, string key)
    {
        using var answer = await SendAsync("GET", path, key, null);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    private async Task<HttpResponseMessage> SendAsync(
        string method, string path, string? key, HttpContent? body, string scheme = "Bearer")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        // From another network each time: wrong keys from one would be told to wait.
        request.Headers.Add("X-Forwarded-For", $"10.{clients / 250}.{clients++ % 250}.1");
        if (key is not null) request.Headers.Add("Authorization", $"{scheme} {key}");
        return await http.SendAsync(request, Cancel);
    }

    private string Fill(string path) =>
        made.Aggregate(path, (text, pair) => text.Replace(pair.Key, pair.Value, StringComparison.Ordinal));

    private static IEnumerable<string> NamesOf(RouteEndpoint endpoint)
    {
        var path = "/"
            + endpoint.RoutePattern.RawText!.TrimStart('/').Replace("rushes-files/", "{bucket}/", StringComparison.Ordinal);
        return (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["ANY"]).Select(method => $"{method} {path}");
    }

    /// <param name="Path">About the owner's.</param>
    /// <param name="ToStranger">What another account's key is answered.</param>
    private sealed record Case(string Path, HttpStatusCode ToStranger = HttpStatusCode.NotFound, string? Body = null)
    {
        public string Scheme { get; init; } = "Bearer";

        /// <summary>A key of the owner without the scope.</summary>
        public string PowerlessKey { get; init; } = WorkersKey;

        public HttpStatusCode ToPowerless { get; init; } = HttpStatusCode.Forbidden;

        /// <summary>The stranger's, where it is about nobody's; else OK. Null: whatever, but that the key may not.</summary>
        public HttpStatusCode? ToOwner { get; init; } = ToStranger == HttpStatusCode.NotFound ? HttpStatusCode.OK : ToStranger;
    }
}
