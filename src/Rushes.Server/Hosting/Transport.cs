using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Rushes.Server.Hosting;

/// <summary>What the server allows a connection, and what it tells browsers, whatever the endpoint. docs/operate/security.md says why.</summary>
internal static class Transport
{
    /// <summary>
    /// Nothing but what is named, and no page may hold ours in a frame. Pictures and films are allowed so that a browser that
    /// opens a result shows it. A page that needs more says so itself.
    /// </summary>
    private const string ContentPolicy =
        "default-src 'none'; img-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Limit(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestLineSize = 8 << 10;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        // A client that lets its bytes trickle, or reads none, gives its connection back.
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(10));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(20));
    }

    public static Task TellBrowsers(HttpContext http, RequestDelegate next)
    {
        TellBrowsers(http.Response.Headers);
        return next(http);
    }

    /// <summary>Where clients are answered by other gateways.</summary>
    public static Task HealthAlone(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) || http.Request.Path == "/metrics") return next(http);
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return http.Response.WriteAsync("This gateway answers no requests: its roles are without api.\n");
    }

    public static void TellBrowsers(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.ContentSecurityPolicy = ContentPolicy;
    }
}
