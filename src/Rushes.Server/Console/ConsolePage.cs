using System.Text;
using System.Text.Json;
using Rushes.Accounts;
using Rushes.Files;
using Rushes.Server.Auth;
using Rushes.Server.Http;

namespace Rushes.Server.Console;

/// <summary>
/// The one page of the console, at every path of it: which one is meant, its script reads from the address. Who is signed in
/// comes with it, and at the playground what can be asked for, so that the first view asks for nothing else.
/// </summary>
/// <param name="html">With <c>{{start}}</c> where that goes.</param>
internal sealed class ConsolePage(
    string html, IFileStore files, Origin origin, KeyRing keys, ConsoleSessions signedIn, SessionEndpoints sessions, CatalogEndpoints catalog)
{
    private const string Playground = "/console";

    private readonly string[] halves = html.Split("{{start}}");

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Playground, SendAsync).AllowAnyone();
        routes.MapGet("/console/{**page}", SendAsync).AllowAnyone();
    }

    private async Task<IResult> SendAsync(HttpContext http, CancellationToken cancel)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy(http);
        http.Response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        http.Response.Headers.CacheControl = "private, no-cache";
        // Escaped is what would end the element it stands in.
        var start = JsonSerializer.Serialize(await StartOfAsync(http, cancel), ConsoleWire.Ascii.StartBody);
        return new ConsoleFile("index.html", Encoding.UTF8.GetBytes(halves[0] + start + halves[1])).Send(http);
    }

    private async Task<StartBody> StartOfAsync(HttpContext http, CancellationToken cancel)
    {
        if (await signedIn.FindAsync(http.Request, cancel) is not { } session) return new StartBody(null, null);
        if (keys.Find(session.Key, http.Connection.RemoteIpAddress) is not { } caller) return new StartBody(null, null);
        var asks = caller.May(Scopes.Read) && http.Request.Path == Playground;
        return new StartBody(sessions.Of(caller), asks ? catalog.Of(caller) : null);
    }

    /// <summary>
    /// Its own scripts and styles from files, nothing inline but data, nothing from elsewhere; but pictures and films from where the file
    /// store's links lead, if that is not here.
    /// </summary>
    private string Policy(HttpContext http)
    {
        var here = new Uri(origin.Of(http.Request));
        var store = files.Presign(HttpMethods.Get, "x", TimeSpan.FromMinutes(1), here).GetLeftPart(UriPartial.Authority);
        var media = store == here.GetLeftPart(UriPartial.Authority) ? "'self' blob:" : $"'self' blob: {store}";
        return $"default-src 'none'; script-src 'self'; style-src 'self'; img-src {media}; media-src {media}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }
}
