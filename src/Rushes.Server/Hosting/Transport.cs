using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rushes.Server.Http;

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

    /// <summary>
    /// Links in answers begin with the host that the client, or a proxy for it, names: one that no address can have is refused here.
    /// </summary>
    public static Task CheckHost(HttpContext http, RequestDelegate next, Origin origin)
    {
        var headers = http.Request.Headers;
        if (!origin.Accepts(http.Request)) return RefuseHost(http, "Host", headers.Host.ToString());
        foreach (var host in headers.GetCommaSeparatedValues("X-Forwarded-Host"))
            if (!Origin.IsHost(host)) return RefuseHost(http, "X-Forwarded-Host", host);
        return next(http);
    }

    private static Task RefuseHost(HttpContext http, string header, string host)
    {
        TellBrowsers(http.Response.Headers);
        var message = $"The header {header} is \"{host}\"; send a host name, with a port from 1 to 65535 if it is not the usual one.";
        return TypedResults.Json(new FaultBody(message, "bad_host"), FaultJson.Default.FaultBody, statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(http);
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
