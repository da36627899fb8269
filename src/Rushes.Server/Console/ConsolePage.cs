using System.Text;
using System.Text.Json;
using Rushes.Accounts;
using Rushes.Files;
using Rushes.Server.Auth;
using Rushes.Server.Http;
using Rushes.Server.SignIn;

namespace Rushes.Server.Console;

/// <summary>
/// The HTML page of the console, the same for every path; the script selects the view. It includes the session, and on the
/// playground the catalog, so that the first view needs no further requests.
/// </summary>
/// <param name="html">The page with the placeholder <c>{{start}}</c>.</param>
internal sealed class ConsolePage(
    string html, IFileStore files, Origin origin, KeyRing keys, ConsoleSessions signedIn, SessionEndpoints sessions,
    CatalogEndpoints catalog, IdentityProvider provider)
{
    private const string Playground = "/console";

    private readonly string[] halves = html.Split("{{start}}");

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpContext _) => TypedResults.Redirect(Playground)).AllowAnyone();
        routes.MapGet(Playground, SendAsync).AllowAnyone();
        routes.MapGet("/console/{**page}", SendAsync).AllowAnyone();
    }

    private async Task<IResult> SendAsync(HttpContext http, CancellationToken cancel)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy(http);
        http.Response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        http.Response.Headers.CacheControl = "private, no-cache";
        // Escapes what would end the script element.
        var start = JsonSerializer.Serialize(await StartOfAsync(http, cancel), ConsoleWire.Ascii.StartBody);
        return new StaticFile("index.html", Encoding.UTF8.GetBytes(halves[0] + start + halves[1])).Send(http);
    }

    private async Task<StartBody> StartOfAsync(HttpContext http, CancellationToken cancel)
    {
        var name = provider.Settings?.Name;
        if (await signedIn.FindAsync(http.Request, cancel) is not { } session) return new StartBody(null, null, name);
        if (keys.Find(session.Key, http.Connection.RemoteIpAddress) is not { } caller) return new StartBody(null, null, name);
        var asks = caller.May(Scopes.Read) && http.Request.Path == Playground;
        return new StartBody(sessions.Of(caller), asks ? catalog.Of(caller) : null, name);
    }

    /// <summary>
    /// Allows scripts and styles only from the gateway's own files, and nothing from other origins except images and videos from
    /// the file store.
    /// </summary>
    private string Policy(HttpContext http)
    {
        var here = new Uri(origin.Of(http.Request));
        var store = files.Presign(HttpMethods.Get, "x", TimeSpan.FromMinutes(1), here).GetLeftPart(UriPartial.Authority);
        var media = store == here.GetLeftPart(UriPartial.Authority) ? "'self' blob:" : $"'self' blob: {store}";
        return $"default-src 'none'; script-src 'self'; style-src 'self'; img-src {media}; media-src {media}; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }
}
