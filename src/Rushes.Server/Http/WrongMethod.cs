using Microsoft.AspNetCore.Routing.Template;

namespace Rushes.Server.Http;

/// <summary>
/// For endpoints that catch every unknown path below theirs: routing itself answers 405 only where nothing catches the call.
/// </summary>
internal static class WrongMethod
{
    /// <summary>
    /// A 405 response with the path's methods; null if the path has none. <see cref="EarlyErrors"/> adds its body.
    /// </summary>
    public static IResult? Find(HttpContext http)
    {
        var methods = http.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => Matches(endpoint, http.Request.Path))
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            .Distinct().Order(StringComparer.Ordinal).ToList();
        if (methods.Count == 0) return null;
        http.Response.Headers.Allow = string.Join(", ", methods);
        return TypedResults.StatusCode(StatusCodes.Status405MethodNotAllowed);
    }

    private static bool Matches(RouteEndpoint endpoint, PathString path) =>
        endpoint.RoutePattern.RawText is { } pattern && new TemplateMatcher(TemplateParser.Parse(pattern), []).TryMatch(path, []);
}
