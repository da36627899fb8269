using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rushes.Accounts;
using Rushes.Database.Sqlite;
using Rushes.Jobs;
using Rushes.Server.Auth;
using Rushes.Server.Settings;
using Xunit;

namespace Rushes.Tests.Auth;

/// <summary>
/// Every endpoint against every kind of caller. The endpoints are the gateway's own, and what each caller is owed follows
/// from the endpoint's <see cref="AccessRule"/>: a new endpoint is tested as soon as it is mapped, and fails without a rule.
/// </summary>
public sealed class AccessTableTests : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly List<Kind> callers = [];
    private TestGateway gateway = null!;
    private HttpClient http = null!;
    private int requests;
    private long soonRevoked;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using (var database = await SqliteDatabase.OpenAsync(folder["rushes.db"], new RetryPolicy(), TimeProvider.System))
        {
            var (owner, other, suspended) = (
                await database.Accounts.EnsureAccountAsync("first", Cancel),
                await database.Accounts.EnsureAccountAsync("second", Cancel),
                await database.Accounts.EnsureAccountAsync("third", Cancel));
            foreach (var scope in new[] { Scopes.Submit, Scopes.Read, Scopes.Worker, Scopes.Admin, Scopes.All })
                callers.Add(await AddKeyAsync(database, $"{scope} key", owner, scope));
            callers.Add(await AddKeyAsync(database, "another account's key", other, Scopes.All));
            callers.Add(await AddKeyAsync(database, "expired key", owner, Scopes.All, expires: true) with { Allows = null });
            callers.Add(await AddKeyAsync(database, "suspended account's key", suspended, Scopes.All) with { Allows = null });
            callers.Add(await AddKeyAsync(database, "revoked key", owner, Scopes.All) with { Allows = null });
            await database.Accounts.ChangeAccountAsync(suspended, new AccountChange(null, null, true), "test", Cancel);
            var revoked = (await database.Keys.ReadKeysAsync(Cancel)).Single(key => key.Name == "revoked key");
            await database.Keys.RevokeKeyAsync(revoked.Id, "test", Cancel);
            await AddKeyAsync(database, "soon revoked key", owner, Scopes.All);
            soonRevoked = (await database.Keys.ReadKeysAsync(Cancel)).Single(key => key.Name == "soon revoked key").Id;
        }

        callers.Add(new Kind("nobody", null, null, null));
        callers.Add(new Kind("wrong key", "a-key-that-never-was", null, null));
        gateway = await TestGateway.StartAsync(
            0, Cancel, folder.Path, new GatewayOptions
            {
                KnownProxies = "127.0.0.1", Metrics = "admin",
                OidcAuthority = "http://127.0.0.1:9", OidcClientId = "none", OidcGroups = "*=read",
            });
        http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(gateway.Origin) };
        foreach (var (scope, name) in new[]
            { (Scopes.All, "cookie"), (Scopes.Read, "Read cookie"), (Scopes.Worker, "Worker cookie") })
            callers.Add(new Kind(name, null, await SignInAsync($"the {scope} key of these tests"), scope));
        callers.Add(new Kind("signed-out cookie", null, await SignInAsync("the All key of these tests"), null));
        using (await SendAsync(HttpMethod.Delete, "/console/api/session", callers[^1])) { }
        callers.Add(new Kind("cookie of a revoked key", null, await SignInAsync("the soon revoked key of these tests"), null));
        await gateway.Http.DeleteAsync($"/admin/keys/{soonRevoked}", Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await gateway.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public void Every_endpoint_has_one_rule() => Assert.All(
        gateway.Endpoints, endpoint => Assert.True(
            endpoint.Metadata.GetOrderedMetadata<AccessRule>().Count == 1,
            $"{endpoint.RoutePattern.RawText}: say who may call it, as by RequireScope"));

    [Fact]
    public async Task Every_caller_gets_what_the_rule_says()
    {
        var wrong = new List<string>();
        foreach (var endpoint in gateway.Endpoints)
            foreach (var method in MethodsOf(endpoint))
                foreach (var caller in callers.Where(caller => Reaches(caller, endpoint)))
                    if (await FaultAsync(endpoint, method, caller) is { } fault) wrong.Add(fault);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Null if the response is right.</summary>
    private async Task<string?> FaultAsync(RouteEndpoint endpoint, HttpMethod method, Kind caller)
    {
        using var answer = await SendAsync(method, PathOf(endpoint), caller, SchemeOf(endpoint));
        var status = (int)answer.StatusCode;
        var rejected = RejectionOf(endpoint, method, caller);
        // Let in is whoever gets any other answer: there is no such job, or its body is empty.
        var right = rejected is { } one ? status == one : status is not (401 or 403 or 429 or >= 500);
        if (!right)
            return $"{method} {endpoint.RoutePattern.RawText} by {caller.Name}: {status}, not {rejected?.ToString() ?? "let in"}";
        var open = endpoint.Metadata.GetMetadata<AccessRule>()!.By is AccessBy.Anyone or AccessBy.SignedLink;
        return open || answer.Headers.CacheControl is { NoStore: true }
            ? null
            : $"{method} {endpoint.RoutePattern.RawText}: its answer may be stored";
    }

    /// <summary>The response that the rule requires; null if the caller is admitted.</summary>
    private static int? RejectionOf(RouteEndpoint endpoint, HttpMethod method, Kind caller)
    {
        var rule = endpoint.Metadata.GetMetadata<AccessRule>()!;
        var form = endpoint.Metadata.GetMetadata<AccessForm>() ?? AccessForm.Common;
        switch (rule.By)
        {
            case AccessBy.Anyone:
                return null;
            case AccessBy.SignedLink:
                return method == HttpMethod.Options ? null : 403;
            case AccessBy.Key when caller.Cookie is not null:
            case var _ when caller.Allows is null:
                return 401;
            default:
                // A dialect without 403 has its own status for it.
                return rule.Admits(caller.Allows!.Value)
                    ? null
                    : ((IStatusCodeHttpResult)form.Forbidden(rule.Scope)).StatusCode;
        }
    }

    [Fact]
    public async Task A_cookie_changes_nothing_without_the_consoles_header()
    {
        var cookie = callers.Single(caller => caller.Name == "cookie") with { SendsHeader = false };
        foreach (var endpoint in gateway.Endpoints.Where(endpoint =>
            endpoint.Metadata.GetMetadata<AccessRule>()!.By == AccessBy.KeyOrSession))
            foreach (var method in MethodsOf(endpoint).Where(method => method != HttpMethod.Get))
            {
                using var answer = await SendAsync(method, PathOf(endpoint), cookie);
                Assert.True(
                    answer.StatusCode == HttpStatusCode.Forbidden,
                    $"{method} {endpoint.RoutePattern.RawText}: {answer.StatusCode}");
            }
    }

    private static IEnumerable<HttpMethod> MethodsOf(RouteEndpoint endpoint) =>
        (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["POST"]).Select(method => new HttpMethod(method));

    /// <summary>Some endpoints share a path and are selected by the scheme of the key.</summary>
    private static bool Reaches(Kind caller, RouteEndpoint endpoint) => caller.Key is not null || SchemeOf(endpoint) is null;

    private static string? SchemeOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<AuthorizationScheme>()?.Name;

    /// <summary>A path of the endpoint for something that does not exist.</summary>
    private static string PathOf(RouteEndpoint endpoint)
    {
        var values = endpoint.RoutePattern.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Name switch
        {
            "model" => "wan22-fast-t2v",
            "name" when endpoint.RoutePattern.RawText!.Contains("queue/", StringComparison.Ordinal) => "wan22-fast-t2v",
            "id" or "delivery" or "caller" => "999999999",
            "version" => "dev",
            _ => "none",
        });
        return "/" + string.Join(
            '/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => values[parameter.Name],
            _ => "",
        }))));
    }

    private async Task<string> SignInAsync(string key)
    {
        using var answer = await SendAsync(HttpMethod.Post, "/console/api/session", new Kind("", key, null, null));
        return answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Kind caller, string? scheme = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (method != HttpMethod.Get && method != HttpMethod.Head)
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        // From another network each time: wrong keys from one would be told to wait.
        request.Headers.Add("X-Forwarded-For", $"10.{requests / 250}.{requests++ % 250}.1");
        if (caller.Key is not null) request.Headers.Add("Authorization", $"{scheme ?? "Bearer"} {caller.Key}");
        if (caller.Cookie is not null) request.Headers.Add("Cookie", caller.Cookie);
        if (caller is { Cookie: not null, SendsHeader: true }) request.Headers.Add(ConsoleSessions.Header, "1");
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    private static async Task<Kind> AddKeyAsync(
        SqliteDatabase database, string name, int account, Scopes scopes, bool expires = false)
    {
        var (key, now) = ($"the {name} of these tests", TimeProvider.System.GetUtcNow());
        await database.Keys.AddKeyAsync(new ApiKey
        {
            Hash = ApiKey.HashOf(key), Account = account, Name = name, Scopes = scopes, CreatedAt = now,
            ExpiresAt = expires ? now : null,
        }, "test", Cancel);
        return new Kind(name, key, null, scopes);
    }

    /// <param name="Allows">Null: it is not good.</param>
    private sealed record Kind(string Name, string? Key, string? Cookie, Scopes? Allows)
    {
        public bool SendsHeader { get; init; } = true;
    }
}
