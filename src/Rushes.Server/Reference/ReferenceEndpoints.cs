using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rushes.Server.Auth;
using Rushes.Server.Console;
using Rushes.Server.Docs;
using Rushes.Server.Http;

namespace Rushes.Server.Reference;

/// <summary>
/// <c>/openapi/</c>, <c>/openapi/DIALECT</c> and <c>/openapi/DIALECT.json</c>, which need no key. They are made when they are
/// first requested.
/// </summary>
internal sealed class ReferenceEndpoints(Func<IReadOnlyList<DialectReference>> describe, ConsoleFiles console, Origin origin)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Lazy<Dictionary<string, byte[]>> documents = new(() =>
        describe().ToDictionary(
            dialect => dialect.Name, dialect => Encoding.UTF8.GetBytes(OpenApiDocument.Of(dialect).ToJsonString(Readable))));

    private readonly Lazy<Dictionary<string, string>> pages = new(() =>
    {
        var all = describe();
        var page = new ReferencePage(console.Assets, all);
        return all.ToDictionary(dialect => dialect.Name, page.Write);
    });

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(ReferencePage.Home, (HttpContext http) => Send(http, "queue")).AllowAnyone();
        routes.MapGet(ReferencePage.Home + "/{dialect}", (HttpContext http, string dialect) => Send(http, dialect)).AllowAnyone();
        routes.MapGet(ReferencePage.Home + "/{dialect}.json", (string dialect) =>
            documents.Value.TryGetValue(dialect, out var document) ? Results.Bytes(
                document, "application/json") : Results.NotFound()).AllowAnyone();
    }

    private IResult Send(HttpContext http, string dialect)
    {
        if (!pages.Value.TryGetValue(dialect, out var page)) return TypedResults.NotFound();
        http.Response.Headers.ContentSecurityPolicy = DocEndpoints.Policy;
        http.Response.Headers.CacheControl = "no-cache";
        var text = page.Replace(
            ReferencePage.Here, WebUtility.HtmlEncode(origin.Of(http.Request)), StringComparison.Ordinal);
        return TypedResults.Content(text, "text/html; charset=utf-8");
    }
}
