using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Rushes.Tests.Dialects;

public sealed class RoutingTests
{
    private static readonly (string Time, string? Advice)[] Times =
    [
        ("2030-01-31", null),
        ("2030-01-31T10:00", null),
        ("2030-01-31T10:00Z", null),
        ("2030-01-31T10:00:30.1234567Z", null),
        ("2030-01-31T10:00:30%2B02:00", null),
        ("2030-01-31T10:00:30-02:00", null),
        ("2030-01-31T10:00:30+02:00", "send it as %2B"),
        ("1.5", "send a time in ISO 8601"),
        ("12:00", "send a time in ISO 8601"),
        ("03/04/2026", "send a time in ISO 8601"),
        ("2030-02-30", "send a time in ISO 8601"),
        ("31 January 2030", "send a time in ISO 8601"),
        ("1893456000", "send a time in ISO 8601"),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_cancelled_by_PUT_and_by_POST()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Post })
            foreach (var (path, scheme, body, status) in new[]
            {
                ("/queue/wan22-fast-t2v", "Bearer", """{"prompt": "a boat"}""", HttpStatusCode.NoContent),
                ("/fal-ai/wan/v2.2-a14b/text-to-video", "Key", """{"prompt": "a boat"}""", HttpStatusCode.Accepted),
            })
            {
                using var created = await SendAsync(gateway, HttpMethod.Post, path, scheme, body);
                using var job = JsonDocument.Parse(await created.Content.ReadAsStringAsync(Cancel));
                var url = job.RootElement.GetProperty("cancel_url").GetString()!;
                using var cancelled = await SendAsync(gateway, method, new Uri(url).PathAndQuery, scheme, null);
                Assert.True(cancelled.StatusCode == status, $"{method} {url}: {cancelled.StatusCode}");
            }
    }

    /// <summary>Every path, with a method that it does not have.</summary>
    [Fact]
    public async Task A_wrong_method_is_answered_with_the_right_ones()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        var wrong = new List<string>();
        foreach (var (path, methods) in gateway.Endpoints.Where(HasMethods).GroupBy(PathOf)
                     .Select(group => (group.Key, group.SelectMany(MethodsOf).ToHashSet())))
        {
            using var answer = await SendAsync(gateway, HttpMethod.Trace, path, "Bearer", null);
            var allowed = answer.Content.Headers.Allow.ToHashSet();
            if (answer.StatusCode != HttpStatusCode.MethodNotAllowed || !methods.IsSubsetOf(allowed))
                wrong.Add($"{path}: {answer.StatusCode} {string.Join(", ", allowed)}, not {string.Join(", ", methods)}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static bool HasMethods(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods.Count: > 0 };

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods;

    private static string PathOf(RouteEndpoint endpoint) => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(
        segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
            _ => "7",
        }))));

    private static async Task<HttpResponseMessage> SendAsync(
        TestGateway gateway, HttpMethod method, string path, string scheme, string? body)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Authorization", $"{scheme} {TestGateway.Key}");
        if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await gateway.Http.SendAsync(request, Cancel);
    }

    [Fact]
    public async Task Times_of_a_query_are_ISO_8601()
    {
        await using var gateway = await TestGateway.StartAsync(0, Cancel);
        foreach (var (time, advice) in Times)
            foreach (var name in new[] { "since", "until" })
            {
                using var answer = await gateway.Http.GetAsync($"/jobs?{name}={time}", Cancel);
                Assert.Equal(advice is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest, answer.StatusCode);
                if (advice is null) continue;
                var body = await answer.Content.ReadAsStringAsync(Cancel);
                Assert.Contains(advice, body, StringComparison.Ordinal);
                Assert.Contains(name, body, StringComparison.Ordinal);
            }
    }
}
