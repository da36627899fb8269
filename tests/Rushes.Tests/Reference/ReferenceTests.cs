using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Xunit;

namespace Rushes.Tests.Reference;

/// <summary>Compares the OpenAPI documents with the routes; the scenarios compare them with responses.</summary>
public sealed class ReferenceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_documented_call_has_a_route_and_every_route_of_a_dialect_is_documented()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var calls = (await ApiDocuments.ReadAsync(gateway.Http, Cancel)).Calls.Select(
            call => (call.Method, Path: Regex.Replace(call.Path, @"\{[^}]+\}", "1"))).ToArray();
        var routes = gateway.Endpoints.Where(IsOfADialect).ToArray();

        Assert.DoesNotContain(calls, call => !routes.Any(route => Takes(route, call.Method, call.Path)));
        Assert.Empty(
            routes.Where(route => !calls.Any(call => Takes(route, call.Method, call.Path))).Select(route => route.DisplayName));
    }

    [Fact]
    public async Task The_page_needs_no_key_no_script_and_nothing_from_elsewhere()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = new HttpClient { BaseAddress = gateway.Http.BaseAddress };
        using var answer = await browser.GetAsync("/openapi/", Cancel);
        var page = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var policy = string.Join(';', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", policy);
        var style = Regex.Match(page, "<style>(.*?)</style>").Groups[1].Value;
        Assert.Contains(Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style))), policy);
        Assert.DoesNotMatch("<script|<img|<link|style=|src=|href=\"http", page);
        Assert.Contains("/queue/wan22-fast-t2v", page);
        Assert.Contains("What the video shows.", page);
    }

    [Fact]
    public async Task An_unknown_dialect_has_no_document()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Http.GetAsync("/openapi/none.json", Cancel)).StatusCode);
    }

    private static bool IsOfADialect(RouteEndpoint route) =>
        !Regex.IsMatch(
            route.RoutePattern.RawText!, "^/?((admin|console|docs|share|worker|health|openapi|rushes-files|mcp)(/|$)|$)")
        // A browser's preflight is no call of the API, and documents of this version cannot have the method QUERY.
        && route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is not (["OPTIONS"] or ["QUERY"])
        // What answers for every path that there is not.
        && !route.RoutePattern.RawText!.EndsWith("{**rest}", StringComparison.Ordinal);

    private static bool Takes(RouteEndpoint route, string method, string path) =>
        route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(method) != false
        && new TemplateMatcher(new RouteTemplate(route.RoutePattern), []).TryMatch(path, []);
}
