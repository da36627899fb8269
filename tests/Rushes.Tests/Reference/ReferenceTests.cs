using System.Net;
using System.Text;
using System.Text.Json;
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
    public async Task A_page_needs_no_key_and_nothing_from_elsewhere()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        using var browser = new HttpClient { BaseAddress = gateway.Http.BaseAddress };
        using var answer = await browser.GetAsync("/openapi/", Cancel);
        var page = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var policy = string.Join(';', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'", policy);
        Assert.DoesNotMatch("<script>|style=|(src|href)=\"(http|//)", page);
        Assert.Contains("/queue/wan22-fast-t2v", page);
        Assert.Contains("What the video shows.", page);
        Assert.Contains($"curl &#39;{gateway.Origin}/queue/wan22-fast-t2v&#39;", page);
        foreach (var link in Regex.Matches(page, "href=\"(/openapi/[a-z]+)\"").Select(match => match.Groups[1].Value).Distinct())
            Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(link, Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_page_shows_the_fields_of_every_model_as_json_and_as_a_form()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var kie = await gateway.Http.GetStringAsync("/openapi/kie", Cancel);
        var openAi = await gateway.Http.GetStringAsync("/openapi/openai", Cancel);
        var models = JsonDocument.Parse(await gateway.Http.GetStringAsync("/v1/models", Cancel)).RootElement.GetProperty("data")
            .EnumerateArray().Select(model => model.GetProperty("id").GetString()!).ToArray();

        Assert.All(models, model => Assert.Equal(2, Regex.Count(openAi, $"<summary><code>{Regex.Escape(model)}</code>")));
        Assert.Contains("<h3>As JSON</h3>", openAi);
        Assert.Contains("<h3>As multipart/form-data</h3>", openAi);
        Assert.Contains("<code>input_reference[image_url]</code>", openAi);
        Assert.Contains("-F file=@clip.mp4", openAi);
        foreach (var model in new[] { "text", "image", "speech" })
            Assert.Contains($"<summary><code>wan/2-2-a14b-{model}-to-video-turbo</code>", kie);
    }

    [Fact]
    public async Task The_example_of_every_call_that_makes_a_video_from_text_is_accepted()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var tried = new List<string>();
        foreach (var (dialect, document) in (await ApiDocuments.ReadAsync(gateway.Http, Cancel)).All)
            foreach (var path in document.GetProperty("paths").EnumerateObject())
            {
                if (!path.Value.TryGetProperty("post", out var call)) continue;
                if (!call.TryGetProperty("requestBody", out var body)
                    || !body.GetProperty("content").TryGetProperty("application/json", out var json)) continue;
                var isDry = call.TryGetProperty("parameters", out var parameters)
                    && parameters.EnumerateArray().Any(one => one.GetProperty("name").GetString() == "dry_run");
                var example = json.GetProperty("example").GetRawText();
                // Files of examples are on example.com, and finished videos and owners of models are placeholders.
                var isPlaceholder = path.Name.Contains('{', StringComparison.Ordinal);
                if (!isDry || isPlaceholder || Regex.IsMatch(example, "example.com|: ?\"text\"")) continue;
                using var request = new HttpRequestMessage(HttpMethod.Post, path.Name + "?dry_run=true")
                {
                    Content = new StringContent(example, Encoding.UTF8, "application/json"),
                };
                using var answer = await gateway.Http.SendAsync(request, Cancel);
                var received = await answer.Content.ReadAsStringAsync(Cancel);
                Assert.True(answer.IsSuccessStatusCode, $"{path.Name} {example}: {received}");
                tried.Add(dialect);
            }
        Assert.Superset(new HashSet<string> { "queue", "fal", "openai", "openrouter" }, tried.ToHashSet());
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
