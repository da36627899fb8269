using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rushes.Server.Http;

namespace Rushes.Server.Hosting;

/// <summary>Connection limits and security headers for all endpoints; docs/operate/security.md explains them.</summary>
internal static class Transport
{
    /// <summary>
    /// Blocks everything that is not listed, including framing. Images and videos are allowed, so that a browser can show a
    /// result. Pages that need more set their own policy.
    /// </summary>
    private const string ContentPolicy =
        "default-src 'none'; img-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestLineSize = 8 << 10;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        // Disconnects clients that send or read too slowly.
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(10));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(20));
    }

    public static Task WriteSecurityHeaders(HttpContext http, RequestDelegate next)
    {
        WriteSecurityHeaders(http.Response.Headers);
        return next(http);
    }

    /// <summary>
    /// Rejects requests with an invalid host, because URLs in responses use the host of the request.
    /// </summary>
    public static Task CheckHost(HttpContext http, RequestDelegate next, Origin origin)
    {
        var headers = http.Request.Headers;
        if (!origin.Accepts(http.Request)) return RejectHost(http, "Host", headers.Host.ToString());
        foreach (var host in headers.GetCommaSeparatedValues("X-Forwarded-Host"))
            if (!Origin.IsHost(host)) return RejectHost(http, "X-Forwarded-Host", host);
        return next(http);
    }

    private static Task RejectHost(HttpContext http, string header, string host)
    {
        WriteSecurityHeaders(http.Response.Headers);
        var message =
            $"The header {header} is \"{Excerpt.Of(host)}\"; "
            + "send a host name, with a port from 1 to 65535 if it is not the usual one.";
        return TypedResults.Json(
            new FaultBody(message, "bad_host"), FaultJson.Default.FaultBody,
            statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(http);
    }

    /// <summary>For gateways without the role api.</summary>
    public static Task HealthAlone(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) || http.Request.Path == "/metrics")
            return next(http);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return http.Response.WriteAsync("This gateway answers no requests: its roles are without api.\n");
    }

    public static void WriteSecurityHeaders(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = ContentPolicy;
    }
}
