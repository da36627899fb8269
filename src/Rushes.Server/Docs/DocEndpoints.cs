using System.Text;
using Rushes.Server.Auth;
using Rushes.Server.Console;

namespace Rushes.Server.Docs;

/// <summary>The documentation at <c>/docs</c>, which needs no key.</summary>
internal sealed class DocEndpoints(ConsoleFiles console)
{
    public const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly DocSite site = new(console.Assets);

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet($"{DocAddress.Home}/{{**page}}", (HttpContext http, string? page) => Send(http, page)).AllowAnyone();

    private IResult Send(HttpContext http, string? page)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.CacheControl = "no-cache";
        var address = page is null or "" ? DocAddress.Home : $"{DocAddress.Home}/{page.TrimEnd('/')}";
        if (site.Find(address) is { } file) return file.Send(http);
        return TypedResults.Content(
            Encoding.UTF8.GetString(site.Missing.Bytes), site.Missing.ContentType, statusCode: 404);
    }
}
